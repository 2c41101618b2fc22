// expect: incomplete-key@7:6
declare const db: { one(...parts: readonly unknown[]): Promise<string> };
const shards: Record<string, string> = { eu: "a", us: "b" };

export const loaders: Record<string, (id: number) => Promise<string>> = {};
for (const name in shards) {
  // @zcache ttl: 1m
  const load = async (id: number): Promise<string> => db.one(shards[name], id);
  loaders[name] = load;
}
