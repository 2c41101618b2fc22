// expect: incomplete-key@7:8
declare const db: { find(table: string, id: string): Promise<string | null> };

export function createRepository(table: string) {
  return {
    table,
    // @zcache ttl: 10m
    async findById(id: string): Promise<string | null> {
      return db.find(this.table, id);
    },
  };
}
