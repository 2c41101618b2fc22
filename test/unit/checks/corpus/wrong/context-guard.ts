// expect: caller-context@17:4
import { AsyncLocalStorage } from "node:async_hooks";

interface Store {
  readonly tenant: string;
  readonly user: { readonly id: number };
  readonly requestId: string;
}
const requestContext = new AsyncLocalStorage<Store>();
declare const db: { get(...values: unknown[]): Promise<string> };

function requireUser(): void {
  if (!requestContext.getStore()?.user) throw new Error("sign in first");
}

// The entry is for whoever comes after, signed in or not.
// @zcache
export async function report(id: number): Promise<string> {
  requireUser();
  return db.get(id);
}
