import { invalidateTag } from "zcache";

// @zcache tags: ["user:{id}", "users"]
export async function user(id: string): Promise<string> {
  return (await fetch(`/users/${id}`)).text();
}

export async function rename(id: string): Promise<void> {
  await invalidateTag("user:" + id);
  await user.invalidateTag("users");
}
