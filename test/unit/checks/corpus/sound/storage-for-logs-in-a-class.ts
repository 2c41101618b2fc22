declare const db: { get(...values: unknown[]): Promise<string> };

import { AsyncLocalStorage } from "node:async_hooks";

class Trace {
  static readonly #storage = new AsyncLocalStorage<{ id: string }>();
  static get id(): string {
    return Trace.#storage.getStore()?.id ?? "-";
  }
}
const log = (text: string): void => console.log(Trace.id, text);

// @zcache ttl: 1m
export async function orders(page: number): Promise<string> {
  log(`orders ${page}`);
  return db.get(page);
}
