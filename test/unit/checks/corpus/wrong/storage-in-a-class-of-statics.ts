// expect: caller-context@17:4
declare const db: { get(...values: unknown[]): Promise<string> };

import { AsyncLocalStorage } from "node:async_hooks";

class RequestStore {
  static readonly #storage = new AsyncLocalStorage<Map<string, string>>();
  static run(values: Map<string, string>, work: () => Promise<void>): Promise<void> {
    return RequestStore.#storage.run(values, work);
  }
  static read(name: string): string | undefined {
    return RequestStore.#storage.getStore()?.get(name);
  }
}
export const run = RequestStore.run;

// @zcache ttl: 1m
export async function orders(page: number): Promise<string> {
  return db.get(RequestStore.read("tenant"), page);
}
