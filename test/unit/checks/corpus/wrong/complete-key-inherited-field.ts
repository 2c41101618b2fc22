// expect: incomplete-key@9:6
abstract class TenantService {
  constructor(protected readonly tenantId: number) {}
}

declare const db: { orders(tenant: number): Promise<string[]> };

export class Orders extends TenantService {
  // @zcache ttl: 30s
  async recent(): Promise<string[]> {
    return db.orders(this.tenantId);
  }
}
