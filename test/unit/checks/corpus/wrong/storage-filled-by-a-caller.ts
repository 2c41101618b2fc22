// expect: caller-context@21:4
// The storage is opened without a value, and what serves the request puts one into it.
import { AsyncLocalStorage } from "node:async_hooks";

interface Scope {
  tenant: string | null;
}
const scopes = new AsyncLocalStorage<Scope>();
declare const db: { get(tenant: string | null, id: number): Promise<string> };

export function serve(next: () => Promise<void>): Promise<void> {
  if (scopes.getStore()) return next();
  return scopes.run({ tenant: null }, () => next());
}

export async function authenticate(token: string): Promise<void> {
  const scope = scopes.getStore();
  if (scope) scope.tenant = token.split(".")[0] ?? null;
}

// @zcache
export async function load(id: number): Promise<string> {
  return db.get(scopes.getStore()?.tenant ?? null, id);
}
