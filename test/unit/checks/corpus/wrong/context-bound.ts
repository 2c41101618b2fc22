// expect: caller-context@7:4
import { AsyncLocalStorage } from "node:async_hooks";

const requests = new AsyncLocalStorage<{ tenant: string }>();
const read = requests.getStore.bind(requests);

// @zcache
export async function load(id: number): Promise<string> {
  return String(read()?.tenant) + id;
}
