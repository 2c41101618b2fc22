import { AsyncLocalStorage } from "node:async_hooks";
declare const db: { one(...parts: readonly unknown[]): Promise<string> };
const users = new AsyncLocalStorage<string>();
export const enter = users.enterWith.bind(users);

async function retried<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch {
    return task();
  }
}
export const inbox = (): Promise<string> => retried(() => db.one("inbox", users.getStore()));

// @zcache ttl: 1m
export async function article(id: number): Promise<string> {
  return retried(() => db.one("article", id));
}
