import { invalidateTag } from "zcache";

// @zcache tags: ["user:{id}"]
export async function user(id: number): Promise<string> {
  return (await fetch(`/users/${id}`)).text();
}

export const rename = (id: number): Promise<void> => invalidateTag(`user:${id}`);
export const renameFirst = (): Promise<void> => invalidateTag("user:1");
