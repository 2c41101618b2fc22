// expect: incomplete-key@8:6
declare const db: { get(...values: unknown[]): Promise<string> };

const tables = { users: "u", posts: "p" };
export const finders: Record<string, (id: number) => Promise<string>> = {};

for (const [name, table] of Object.entries(tables)) {
  // @zcache ttl: 1m
  const find = async (id: number): Promise<string> => db.get(table, id);
  finders[name] = find;
}
