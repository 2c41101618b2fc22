// expect: unknown-tag@9:59, hint never-invalidated-tag@4:19
import { invalidateTag as bust } from "zcache";

// @zcache tags: ["book:{id}"]
export async function book(id: number): Promise<string> {
  return (await fetch(`/books/${id}`)).text();
}

export const change = (id: number): Promise<void> => bust(`boook:${id}`);
