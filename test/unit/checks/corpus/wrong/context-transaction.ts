// expect: caller-context@15:4
import { AsyncLocalStorage } from "node:async_hooks";

interface Store {
  readonly tenant: string;
  readonly user: { readonly id: number };
  readonly requestId: string;
}
const requestContext = new AsyncLocalStorage<Store>();
declare const db: { get(...values: unknown[]): Promise<string> };

const transactions = new AsyncLocalStorage<typeof db>();
const connection = () => transactions.getStore() ?? db;

// @zcache
export async function row(id: number): Promise<string> {
  return connection().get(id);
}
