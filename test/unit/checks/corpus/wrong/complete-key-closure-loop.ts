// expect: incomplete-key@7:8
declare const db: { count(shard: number, table: string): Promise<number> };

export function counters(shards: readonly number[]) {
  const all: ((table: string) => Promise<number>)[] = [];
  for (const shard of shards) {
    // @zcache
    const count = async (table: string): Promise<number> => db.count(shard, table);
    all.push(count);
  }
  return all;
}
