// expect: caller-context@12:4
import { AsyncLocalStorage } from "node:async_hooks";

const requests = new AsyncLocalStorage<{ tenant: string }>();

function once<T>(make: () => T): () => T {
  return make;
}

const tenant = once(() => String(requests.getStore()?.tenant));

// @zcache
export async function load(id: number): Promise<string> {
  return tenant() + id;
}
