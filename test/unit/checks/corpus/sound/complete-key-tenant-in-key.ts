declare const db: { get(tenant: string, id: number): Promise<number> };

export class Accounts {
  constructor(private readonly tenant: string) {}

  // @zcache key: "balance:{this.tenant}:{id}"
  async balance(id: number): Promise<number> {
    return db.get(this.tenant, id);
  }
}
