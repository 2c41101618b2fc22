// expect: incomplete-key@8:17
interface ListOptions {
  page: number;
  sort: "new" | "top";
}
declare const db: { list(page: number, sort: string): Promise<string[]> };

// @zcache key: "list:{options.page}"
export async function list(options: ListOptions): Promise<string[]> {
  return db.list(options.page, options.sort);
}
