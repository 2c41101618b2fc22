// @zcache ttl: 1m
export async function query(sql: string, ...values: unknown[]): Promise<string> {
  return sql + values.length;
}
