// expect: caller-context@13:4
import { AsyncLocalStorage } from "node:async_hooks";

declare const db: { one(...parts: readonly unknown[]): Promise<string> };
const requests = new AsyncLocalStorage<{ readonly tenant: string }>();

function withTenant(load: (tenant: string, id: number) => Promise<string>): (id: number) => Promise<string> {
  return (id) => load(requests.getStore()!.tenant, id);
}

const loadAccount = withTenant((tenant, id) => db.one(tenant, id));

// @zcache
export async function account(id: number): Promise<string> {
  return loadAccount(id);
}
