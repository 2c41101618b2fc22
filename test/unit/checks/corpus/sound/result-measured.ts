declare const logger: { info(text: string): void };
declare function query(sql: string): Promise<number>;

// @zcache ttl: 10m
export async function count(table: string): Promise<number> {
  const start = Date.now();
  const rows = await query(`select count(*) from ${table}`);
  logger.info(`counted ${table} in ${Date.now() - start} ms`);
  return rows;
}
