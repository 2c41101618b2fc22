interface ListOptions {
  page: number;
  sort: string;
}
declare const db: { list(options: ListOptions): Promise<string[]> };

// @zcache key: "list:{options}"
export async function list(options: ListOptions): Promise<string[]> {
  return db.list(options);
}
