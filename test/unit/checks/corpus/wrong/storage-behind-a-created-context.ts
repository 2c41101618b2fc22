// expect: caller-context@19:4
import { AsyncLocalStorage } from "node:async_hooks";
declare const db: { one(...parts: readonly unknown[]): Promise<string> };

function createContext<T>() {
  const storage = new AsyncLocalStorage<T>();
  return {
    provide: <R>(value: T, next: () => R): R => storage.run(value, next),
    use(): T {
      const value = storage.getStore();
      if (value === undefined) throw new Error("no context");
      return value;
    },
  };
}
const Tenant = createContext<{ readonly id: string }>();
export const { provide } = Tenant;

// @zcache ttl: 1m
export async function account(id: number): Promise<string> {
  return db.one(Tenant.use().id, id);
}
