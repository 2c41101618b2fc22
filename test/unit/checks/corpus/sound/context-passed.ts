import { AsyncLocalStorage } from "node:async_hooks";

interface Store {
  readonly tenant: string;
  readonly user: { readonly id: number };
  readonly requestId: string;
}
const requestContext = new AsyncLocalStorage<Store>();
declare const db: { get(...values: unknown[]): Promise<string> };

const tenant = (): string => requestContext.getStore()!.tenant;

// @zcache
async function priceOf(tenant: string, id: number): Promise<string> {
  return db.get(tenant, id);
}

export async function price(id: number): Promise<string> {
  return priceOf(tenant(), id);
}
