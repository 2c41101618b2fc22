// expect: incomplete-key@10:17
declare const db: { all(options: object): Promise<string> };

interface Query {
  readonly shop: string;
  readonly take: number;
  readonly skip: number;
}

// @zcache key: "orders:{shop}"
export async function orders({ shop, ...paging }: Query): Promise<string> {
  return db.all({ where: { shop }, ...paging });
}
