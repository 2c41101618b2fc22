// expect: incomplete-key@6:6, incomplete-key@14:6
declare const shards: { count(shard: number): Promise<number> };
export const counts: (() => Promise<number>)[] = [];

for (let shard = 0; shard < 4; shard++) {
  // @zcache ttl: 1m
  const count = async (): Promise<number> => shards.count(shard);
  counts.push(count);
}

const names = ["a", "b"];
for (const i in names) {
  const name = names[i];
  // @zcache ttl: 1m
  const length = async (): Promise<number> => (name ?? "").length;
  counts.push(length);
}
