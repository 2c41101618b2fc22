declare const REQUEST: unique symbol;
declare function Inject(token: unknown): (target: object, key: unknown, index: number) => void;
declare const db: { one(...parts: readonly unknown[]): Promise<string> };

class TenantService {
  constructor(@Inject(REQUEST) private readonly request: { readonly headers: Record<string, string> }) {}

  get id(): string {
    return this.request.headers["x-tenant"] ?? "none";
  }
}

export class Accounts {
  constructor(private readonly tenants: TenantService) {}

  // @zcache ttl: 1m, key: "account:{this.tenants.id}:{id}"
  async account(id: number): Promise<string> {
    return db.one(this.tenants.id, id);
  }
}
