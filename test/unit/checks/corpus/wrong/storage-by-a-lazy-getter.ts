// expect: caller-context@9:4
import { AsyncLocalStorage } from "node:async_hooks";
declare const db: { one(...parts: readonly unknown[]): Promise<string> };

let storage: AsyncLocalStorage<string> | undefined;
const tenants = (): AsyncLocalStorage<string> => (storage ??= new AsyncLocalStorage<string>());
export const within = <T>(tenant: string, next: () => T): T => tenants().run(tenant, next);

// @zcache ttl: 1m
export async function account(id: number): Promise<string> {
  return db.one(tenants().getStore(), id);
}
