// expect: incomplete-key@8:17
interface Filter {
  status?: string;
  from?: Date;
}
declare const db: { orders(user: string, filter: Filter): Promise<string[]> };

// @zcache key: "orders:{user}"
export async function orders(user: string, filter: Filter = {}): Promise<string[]> {
  return db.orders(user, filter);
}
