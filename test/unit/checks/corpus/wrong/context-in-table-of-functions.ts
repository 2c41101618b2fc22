// expect: caller-context@9:4
import { AsyncLocalStorage } from "node:async_hooks";

declare const db: { one(...parts: readonly unknown[]): Promise<string> };
const requests = new AsyncLocalStorage<{ readonly tenant: string }>();

const readers: Record<string, () => string> = { tenant: () => requests.getStore()!.tenant, host: () => "localhost" };

// @zcache
export async function account(id: number): Promise<string> {
  return db.one(readers["tenant"]!(), id);
}
