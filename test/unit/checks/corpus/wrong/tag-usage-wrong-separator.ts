// expect: unknown-tag@9:68, hint never-invalidated-tag@4:19
import { invalidateTag } from "zcache";

// @zcache tags: ["user:{id}"]
export async function user(id: number): Promise<string> {
  return (await fetch(`/users/${id}`)).text();
}

export const rename = (id: number): Promise<void> => invalidateTag("user-" + id);
