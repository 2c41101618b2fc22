import { AsyncLocalStorage } from "node:async_hooks";

interface Store {
  readonly tenant: string;
  readonly user: { readonly id: number };
  readonly requestId: string;
}
const requestContext = new AsyncLocalStorage<Store>();
declare const db: { get(...values: unknown[]): Promise<string> };

export class Prices {
  get tenant(): string {
    return requestContext.getStore()!.tenant;
  }

  // @zcache key: "price:{this.tenant}:{id}"
  async load(id: number): Promise<string> {
    return db.get(requestContext.getStore()!.tenant, id);
  }

  // @zcache key: "sum:{this.tenant}:{id}"
  async sum(id: number): Promise<string> {
    return db.get(this.tenant, id);
  }
}
