// What a column of JSON holds was JSON before: its lists have no holes, whatever the type of a property allows.
type Json = string | number | boolean | null | undefined | Json[] | { [name: string]: Json };
type Input = string | number | boolean | { readonly [name: string]: Input } | readonly Input[] | { toJSON(): unknown };

interface Page {
  attributes: Record<string, Json>;
}

// @zcache ttl: 10m, allow: unknown-result
export async function page(id: number): Promise<Page> {
  return { attributes: { tags: [`${id}`] } };
}

// @zcache ttl: 10m, allow: unknown-result
export async function answer(id: number): Promise<{ status: number; body: Input }> {
  return { status: 200, body: { id } };
}
