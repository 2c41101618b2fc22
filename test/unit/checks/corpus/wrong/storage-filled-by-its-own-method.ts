// expect: caller-context@20:6
// The method opens the storage for itself, and another one keeps there what its caller says.
import { AsyncLocalStorage } from "node:async_hooks";

interface Scope {
  tenant: string;
}
declare const db: { get(tenant: string, id: number): Promise<string> };

class Requests {
  private readonly scope = new AsyncLocalStorage<Scope>();

  handle(tenant: string, id: number): Promise<string> {
    const scope = this.scope.getStore();
    if (!scope) return this.scope.run({ tenant: "none" }, () => this.handle(tenant, id));
    scope.tenant = tenant;
    return this.load(id);
  }

  // @zcache
  async load(id: number): Promise<string> {
    return db.get(this.scope.getStore()?.tenant ?? "none", id);
  }
}
export const requests = new Requests();
