import { invalidateTag } from "zcache";

const userTag = (id: number): string => `user:${id}`;

// @zcache tags: ["user:{id}"]
export async function user(id: number): Promise<string> {
  return (await fetch(`/users/${id}`)).text();
}

export const rename = (id: number): Promise<void> => invalidateTag(userTag(id));
