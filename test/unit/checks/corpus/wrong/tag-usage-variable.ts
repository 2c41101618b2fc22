// expect: unknown-tag@11:23, hint never-invalidated-tag@4:19
import { invalidateTag } from "zcache";

// @zcache tags: ["cart:{id}"]
export async function cart(id: string): Promise<string> {
  return (await fetch(`/carts/${id}`)).text();
}

export async function empty(id: string): Promise<void> {
  const tag = `basket:${id}`;
  await invalidateTag(tag);
}
