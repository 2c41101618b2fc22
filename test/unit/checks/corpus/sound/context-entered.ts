import { AsyncLocalStorage } from "node:async_hooks";

interface Store {
  readonly tenant: string;
  readonly user: { readonly id: number };
  readonly requestId: string;
}
const requestContext = new AsyncLocalStorage<Store>();
declare const db: { get(...values: unknown[]): Promise<string> };

// Gives its own context to what it calls, and reads nobody's.
// @zcache
export async function price(tenant: string, id: number): Promise<string> {
  return requestContext.run({ tenant, user: { id: 0 }, requestId: "" }, () => db.get(tenant, id));
}
