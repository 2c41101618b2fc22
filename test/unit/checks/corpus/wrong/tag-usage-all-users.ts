// expect: unknown-tag@9:61, hint never-invalidated-tag@4:19
import { invalidateTag } from "zcache";

// @zcache tags: ["user:{id}"]
export async function user(id: number): Promise<string> {
  return (await fetch(`/users/${id}`)).text();
}

export const forgetAll = (): Promise<void> => invalidateTag("users");
