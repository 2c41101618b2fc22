// expect: caller-context@15:4
import { AsyncLocalStorage } from "node:async_hooks";

const requests = new AsyncLocalStorage<{ tenant: string }>();

interface Db {
  find(id: number): Promise<string>;
}
declare function connectionOf(tenant: string): Db;

const db = new Proxy({} as Db, {
  get: (_, name) => Reflect.get(connectionOf(String(requests.getStore()?.tenant)), name),
});

// @zcache
export async function load(id: number): Promise<string> {
  return db.find(id);
}
