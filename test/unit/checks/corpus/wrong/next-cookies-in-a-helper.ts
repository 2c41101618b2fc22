// expect: caller-context@14:4
import { AsyncLocalStorage } from "node:async_hooks";
declare const db: { one(...parts: readonly unknown[]): Promise<string> };
const scope = new AsyncLocalStorage<{ readonly cookies: ReadonlyMap<string, string> }>();
export const enter = scope.enterWith.bind(scope);

class Cookies {
  static get(name: string): string | undefined {
    return scope.getStore()?.cookies.get(name);
  }
}
const experiments = { variant: (): string => Cookies.get("variant") ?? "a" };

// @zcache ttl: 1m
export async function hero(page: string): Promise<string> {
  return db.one(experiments.variant(), page);
}
