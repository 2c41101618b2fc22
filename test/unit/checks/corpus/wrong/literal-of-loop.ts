// expect: incomplete-key@6:6
declare const db: { find(table: string, id: string): Promise<string | null> };

export const repositories = ["users", "posts"].map((name) => ({
  name,
  // @zcache
  async find(id: string): Promise<string | null> {
    return db.find(this.name, id);
  },
}));
