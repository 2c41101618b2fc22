// expect: changing-default@7:4
import { AsyncLocalStorage } from "node:async_hooks";
declare const db: { one(...parts: readonly unknown[]): Promise<string> };
const users = new AsyncLocalStorage<string>();
export const run = users.run.bind(users);

// @zcache ttl: 1m
export async function inbox(page: number, user = users.getStore()): Promise<string> {
  return db.one(user, page);
}
