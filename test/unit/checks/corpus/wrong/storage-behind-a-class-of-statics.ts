// expect: caller-context@19:4
import { AsyncLocalStorage } from "node:async_hooks";
declare const db: { one(...parts: readonly unknown[]): Promise<string> };

class RequestScope {
  static readonly #storage = new AsyncLocalStorage<Map<string, string>>();

  static run<T>(values: Map<string, string>, next: () => T): T {
    return this.#storage.run(values, next);
  }

  static get(key: string): string | undefined {
    return this.#storage.getStore()?.get(key);
  }
}
export const handle = (tenant: string, next: () => void): void =>
  RequestScope.run(new Map([["tenant", tenant]]), next);

// @zcache ttl: 1m
export async function account(id: number): Promise<string> {
  return db.one(RequestScope.get("tenant"), id);
}
