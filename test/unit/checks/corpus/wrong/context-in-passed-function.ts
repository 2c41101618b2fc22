// expect: caller-context@8:4
import { AsyncLocalStorage } from "node:async_hooks";

const requests = new AsyncLocalStorage<{ readonly tenant: string }>();
declare const db: { get(...values: unknown[]): Promise<string> };
const withTenant = (id: number): string => `${requests.getStore()!.tenant}:${id}`;

// @zcache
export async function prices(ids: readonly number[]): Promise<string> {
  return db.get(ids.map(withTenant));
}
