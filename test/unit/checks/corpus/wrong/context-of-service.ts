// expect: caller-context@24:6, caller-context@29:6, caller-context@34:6
import { AsyncLocalStorage } from "node:async_hooks";

interface Store {
  readonly tenant: string;
  readonly user: { readonly id: number };
  readonly requestId: string;
}
const requestContext = new AsyncLocalStorage<Store>();
declare const db: { get(...values: unknown[]): Promise<string> };

class TenantContext {
  get tenant(): string {
    return requestContext.getStore()!.tenant;
  }
  user(): number {
    return requestContext.getStore()!.user.id;
  }
}

export class Prices {
  constructor(private readonly context: TenantContext) {}

  // @zcache
  async load(id: number): Promise<string> {
    return db.get(this.context.tenant, id);
  }

  // @zcache
  async mine(id: number): Promise<string> {
    return db.get(this.context.user(), id);
  }

  // @zcache
  async both(id: number): Promise<string> {
    return db.get(this.where(), id);
  }

  private where(): string {
    return `${this.context.tenant}/${this.context.user()}`;
  }
}
