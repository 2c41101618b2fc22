export function load(id: number): Promise<string>;
export function load(slug: string, locale: string): Promise<string>;
// @zcache key: "page:{id}:{locale?.toLowerCase()}"
export async function load(id: number | string, locale?: string): Promise<string> {
  return `${id} ${locale?.toLowerCase()}`;
}
