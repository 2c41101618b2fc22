// expect: incomplete-key@10:17
declare const db: { all(...parts: readonly unknown[]): Promise<string> };

interface Listing {
  readonly shop: string;
  readonly page?: number;
  readonly sort?: "asc" | "desc";
}

// @zcache key: "products:{shop}:{page}"
export async function products({ shop, page = 1, sort = "asc" }: Listing): Promise<string> {
  return db.all(shop, page, sort);
}
