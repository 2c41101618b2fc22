declare const db: { find(table: string, id: string): Promise<string | null> };

export const users = {
  table: "users",
  // @zcache ttl: 10m
  async find(id: string): Promise<string | null> {
    return db.find(this.table, id);
  },
};
