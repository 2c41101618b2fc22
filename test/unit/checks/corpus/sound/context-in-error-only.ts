import { AsyncLocalStorage } from "node:async_hooks";

declare const db: { one(...parts: readonly unknown[]): Promise<string> };
const requests = new AsyncLocalStorage<{ readonly tenant: string }>();

class AccountError extends Error {
  readonly tenant = requests.getStore()?.tenant;
}

// @zcache
export async function account(id: number): Promise<string> {
  if (id < 0) throw new AccountError("No such account");
  return db.one(id);
}
