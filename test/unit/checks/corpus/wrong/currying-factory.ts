// expect: anonymous-function@7:8
declare const db: { get(...values: unknown[]): Promise<string> };

export const findIn =
  (table: string) =>
  (columns: readonly string[]) =>
    // @zcache ttl: 1m
    async (id: number): Promise<string> =>
      db.get(table, columns, id);
