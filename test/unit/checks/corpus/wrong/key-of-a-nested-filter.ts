// expect: incomplete-key@8:17
declare const db: { all(...parts: readonly unknown[]): Promise<string> };
interface Search {
  readonly where: { readonly shop: string; readonly status: string };
  readonly page: number;
}

// @zcache key: "orders:{search.where.shop}:{search.page}"
export async function orders(search: Search): Promise<string> {
  return db.all(search.where.shop, search.where.status, search.page);
}
