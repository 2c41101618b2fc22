// expect: caller-context@12:4
import { AsyncLocalStorage } from "node:async_hooks";

const requests = new AsyncLocalStorage<{ readonly tenant: string }>();
let resolver: () => string = () => "none";

export function setResolver(resolve: () => string): void {
  resolver = resolve;
}
setResolver(() => requests.getStore()?.tenant ?? "none");

// @zcache
export async function account(id: number): Promise<string> {
  return `${resolver()}:${id}`;
}
