// expect: unknown-tag@10:23, hint never-invalidated-tag@4:19
import { invalidateTag } from "zcache";

// @zcache tags: ["user:{id}"]
export async function user(id: number): Promise<string> {
  return (await fetch(`/users/${id}`)).text();
}

export async function rename(): Promise<void> {
  await invalidateTag("usr:5");
}
