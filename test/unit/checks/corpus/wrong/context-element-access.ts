// expect: caller-context@6:4
import { AsyncLocalStorage } from "node:async_hooks";

const requests = new AsyncLocalStorage<{ tenant: string }>();

// @zcache
export async function load(id: number): Promise<string> {
  return String(requests["getStore"]()?.tenant) + id;
}
