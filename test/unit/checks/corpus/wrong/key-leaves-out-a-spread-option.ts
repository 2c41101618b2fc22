// expect: incomplete-key@9:17
declare const db: { all(options: object): Promise<string> };

interface Query {
  readonly take: number;
  readonly skip: number;
}

// @zcache key: "orders:{shop}:{query.take}"
export async function orders(shop: string, query: Query): Promise<string> {
  return db.all({ where: { shop }, ...query });
}
