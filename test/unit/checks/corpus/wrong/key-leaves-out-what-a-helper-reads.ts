// expect: incomplete-key@13:17
declare const db: { all(...parts: readonly unknown[]): Promise<string> };

interface Filter {
  readonly shop: string;
  readonly status: string;
}

function whereOf(filter: Filter): string {
  return `status = '${filter.status}'`;
}

// @zcache key: "orders:{filter.shop}"
export async function orders(filter: Filter): Promise<string> {
  return db.all(filter.shop, whereOf(filter));
}
