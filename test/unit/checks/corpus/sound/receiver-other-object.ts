// `self` is another object, made of what is in the key.
declare const db: { one(tenant: string, id: number): Promise<string> };

export class Users {
  constructor(private readonly region: string) {}

  // @zcache
  async load(tenant: string, id: number): Promise<string> {
    const self = { tenant, region: "none" };
    return db.one(self.tenant + self.region, id);
  }

  where(): string {
    return this.region;
  }
}
