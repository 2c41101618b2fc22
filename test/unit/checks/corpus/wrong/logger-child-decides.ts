// expect: caller-context@9:4
import { AsyncLocalStorage } from "node:async_hooks";
declare const db: { one(...parts: readonly unknown[]): Promise<string> };
const storage = new AsyncLocalStorage<{ readonly user: { readonly isStaff: boolean } }>();
export const run = storage.run.bind(storage);

const isStaff = (): boolean => storage.getStore()?.user.isStaff === true;

// @zcache ttl: 1m
export async function article(id: number): Promise<string> {
  const drafts = isStaff();
  return drafts ? db.one("drafts", id) : db.one("published", id);
}
