// expect: incomplete-key@6:6
declare const db: { get(...values: unknown[]): Promise<string> };

export const finders: ((id: number) => Promise<string>)[] = [];
["users", "posts"].forEach((table) => {
  // @zcache ttl: 1m
  const find = async (id: number): Promise<string> => db.get(table, id);
  finders.push(find);
});
