// expect: caller-context@23:6
import { AsyncLocalStorage } from "node:async_hooks";
declare const db: { one(...parts: readonly unknown[]): Promise<string> };

abstract class TenantProvider {
  abstract current(): string;
}
export class StorageTenantProvider extends TenantProvider {
  private readonly storage = new AsyncLocalStorage<string>();

  current(): string {
    return this.storage.getStore() ?? "none";
  }

  run<T>(tenant: string, next: () => T): T {
    return this.storage.run(tenant, next);
  }
}

export class Accounts {
  constructor(private readonly tenants: TenantProvider) {}

  // @zcache ttl: 1m
  async account(id: number): Promise<string> {
    return db.one(this.tenants.current(), id);
  }
}
