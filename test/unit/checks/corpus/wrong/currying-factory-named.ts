// expect: incomplete-key@5:6, incomplete-key@5:6
declare const db: { get(...values: unknown[]): Promise<string> };

export const findIn = (table: string) => (columns: readonly string[]) => {
  // @zcache ttl: 1m
  const find = async (id: number): Promise<string> => db.get(table, columns, id);
  return find;
};
