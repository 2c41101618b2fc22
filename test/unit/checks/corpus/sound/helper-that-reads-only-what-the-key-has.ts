declare const db: { all(...parts: readonly unknown[]): Promise<string> };
interface Filter {
  readonly shop: string;
  readonly status: string;
}

function whereOf(filter: Filter): string {
  return `shop = '${filter.shop}'`;
}

// @zcache key: "orders:{filter.shop}"
export async function orders(filter: Filter): Promise<string> {
  return db.all(whereOf(filter));
}
