// expect: caller-context@17:6
import { AsyncLocalStorage } from "node:async_hooks";

declare function query(...parts: unknown[]): Promise<string>;

const requests = new AsyncLocalStorage<{ tenant: string }>();
abstract class Tenants {
  abstract current(): string;
}
export class RequestTenants extends Tenants {
  current(): string {
    return requests.getStore()!.tenant;
  }
}
export class Invoices {
  constructor(private readonly tenants: Tenants) {}
  // @zcache
  async load(id: number): Promise<string> {
    return query(this.tenants.current(), id);
  }
}
