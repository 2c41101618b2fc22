// expect: incomplete-key@7:6
declare const db: { all(tenant: string, ids: readonly number[]): Promise<{ id: number; name: string }[]> };

export class Users {
  constructor(private readonly tenant: string) {}

  // @zcache batch, ttl: 5m
  async byIds(ids: readonly number[]): Promise<string[]> {
    const rows = await db.all(this.tenant, ids);
    return ids.map((id) => rows.find((row) => row.id === id)?.name ?? "");
  }
}
export const usersOf = (tenant: string): Users => new Users(tenant);
