declare const db: { get(...values: unknown[]): Promise<string> };

interface Features { isOn(name: string, tenant: string): Promise<boolean> }

export class Menu {
  constructor(private readonly features: Features) {}

  // @zcache ttl: 1m
  async items(tenant: string): Promise<string> {
    return db.get((await this.features.isOn("beta", tenant)) ? "new" : "old", tenant);
  }
}
