// expect: incomplete-key@10:6
interface Account {
  cents: number;
}
declare const db: { get(tenant: string, id: number): Promise<Account> };

export class Accounts {
  constructor(private readonly tenant: string) {}

  // @zcache ttl: 1m
  async balance(id: number): Promise<Account> {
    return db.get(this.tenant, id);
  }
}
