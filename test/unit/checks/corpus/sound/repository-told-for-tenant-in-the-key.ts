declare const db: { all(...parts: readonly unknown[]): Promise<string> };

export class Orders {
  private tenant = "";

  forTenant(tenant: string): Orders {
    const copy = new Orders();
    copy.tenant = tenant;
    return copy;
  }

  // @zcache ttl: 1m, key: "orders:{this.tenant}:{page}"
  async list(page: number): Promise<string> {
    return db.all(this.tenant, page);
  }
}
