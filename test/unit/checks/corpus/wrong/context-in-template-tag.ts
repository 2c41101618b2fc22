// expect: caller-context@11:4
import { AsyncLocalStorage } from "node:async_hooks";

declare const db: { one(...parts: readonly unknown[]): Promise<string> };
const requests = new AsyncLocalStorage<{ readonly tenant: string }>();

function sql(texts: TemplateStringsArray, ...values: readonly unknown[]): Promise<string> {
  return db.one(texts, requests.getStore()!.tenant, values);
}

// @zcache
export async function account(id: number): Promise<string> {
  return sql`select * from accounts where id = ${id}`;
}
