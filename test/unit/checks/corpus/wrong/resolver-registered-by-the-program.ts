// expect: caller-context@17:4
import { AsyncLocalStorage } from "node:async_hooks";

const requests = new AsyncLocalStorage<{ readonly tenant: string }>();
const resolvers: (() => string)[] = [];

export function registerResolver(resolve: () => string): void {
  resolvers.push(resolve);
}
registerResolver(() => requests.getStore()?.tenant ?? "none");

function tenant(): string {
  for (const resolve of resolvers) return resolve();
  return "none";
}

// @zcache
export async function account(id: number): Promise<string> {
  return `${tenant()}:${id}`;
}
