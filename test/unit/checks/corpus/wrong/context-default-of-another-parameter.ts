// expect: caller-context@14:4
import { AsyncLocalStorage } from "node:async_hooks";

interface Store {
  readonly tenant: string;
  readonly user: { readonly id: number };
  readonly requestId: string;
}
const requestContext = new AsyncLocalStorage<Store>();
declare const db: { get(...values: unknown[]): Promise<string> };

const tenant = (): string => requestContext.getStore()!.tenant;

// @zcache key: "row:{id}"
export async function row(id: number): Promise<string> {
  return db.get(tenant(), id);
}
