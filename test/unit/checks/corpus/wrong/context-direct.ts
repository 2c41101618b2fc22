// expect: caller-context@12:4, caller-context@17:4
import { AsyncLocalStorage } from "node:async_hooks";

interface Store {
  readonly tenant: string;
  readonly user: { readonly id: number };
  readonly requestId: string;
}
const requestContext = new AsyncLocalStorage<Store>();
declare const db: { get(...values: unknown[]): Promise<string> };

// @zcache
export async function price(id: number): Promise<string> {
  return db.get(requestContext.getStore()!.tenant, id);
}

// @zcache
export async function order(id: number): Promise<string> {
  const { tenant } = requestContext.getStore()!;
  return db.get(tenant, id);
}
