// expect: unknown-tag@9:75, hint never-invalidated-tag@4:19
import * as zcache from "zcache";

// @zcache tags: ["book:{id}"]
export async function book(id: number): Promise<string> {
  return (await fetch(`/books/${id}`)).text();
}

export const change = (id: number): Promise<void> => zcache.invalidateTag(`books:${id}`);
