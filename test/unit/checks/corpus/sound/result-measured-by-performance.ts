declare const metrics: { observe(name: string, ms: number): void };
declare function query(sql: string): Promise<number>;

// @zcache ttl: 10m
export async function count(table: string): Promise<number> {
  const start = performance.now();
  const rows = await query(`select count(*) from ${table}`);
  const took = performance.now() - start;
  metrics.observe("count", took);
  return rows;
}
