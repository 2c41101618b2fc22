// expect: incomplete-key@5:6, incomplete-key@5:6
declare const db: { one(...parts: readonly unknown[]): Promise<string> };

export const load = (schema: string) => (table: string) => {
  // @zcache ttl: 1m
  const row = async (id: number): Promise<string> => db.one(schema, table, id);
  return row;
};
