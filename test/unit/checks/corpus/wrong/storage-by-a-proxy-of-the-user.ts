// expect: caller-context@14:4
declare const db: { get(...values: unknown[]): Promise<string> };

import { AsyncLocalStorage } from "node:async_hooks";

interface User { readonly id: string; readonly org: string }
const users = new AsyncLocalStorage<User>();
/** Looks like a user, and is that of the request. */
const currentUser = new Proxy({} as User, {
  get: (_target, name) => Reflect.get(users.getStore() ?? {}, name) as unknown,
});
export const asUser = <T>(user: User, work: () => T): T => users.run(user, work);

// @zcache ttl: 1m
export async function inbox(page: number): Promise<string> {
  return db.get(currentUser.org, page);
}
