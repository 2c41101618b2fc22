// expect: incomplete-key@7:19
declare const db: { get(tenant: string, id: number): Promise<number> };

export class Accounts {
  constructor(readonly tenant: string) {}

  // @zcache key: "balance:{id}"
  async balance(id: number): Promise<number> {
    return db.get(this.tenant, id);
  }
}
