// expect: unknown-tag@11:68, hint never-invalidated-tag@6:19
import { invalidateTag } from "zcache";

const prefix = "films";

// @zcache tags: ["film:{id}"]
export async function film(id: number): Promise<string> {
  return (await fetch(`/films/${id}`)).text();
}

export const change = (id: number): Promise<void> => invalidateTag(`${prefix}:${id}`);
