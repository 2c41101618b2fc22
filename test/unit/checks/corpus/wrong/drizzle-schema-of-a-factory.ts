// expect: incomplete-key@8:8
declare const tables: { pgSchema(name: string): { readonly users: unknown } };
declare const drizzle: { select(): { from(table: unknown): { where(id: number): Promise<string> } } };

export function usersOf(schema: string): { find(id: number): Promise<string> } {
  const { users } = tables.pgSchema(schema);
  return {
    // @zcache ttl: 10m
    async find(id: number): Promise<string> {
      return drizzle.select().from(users).where(id);
    },
  };
}
