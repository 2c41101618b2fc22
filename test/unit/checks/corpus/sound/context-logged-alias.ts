import { AsyncLocalStorage } from "node:async_hooks";

const requests = new AsyncLocalStorage<{ tenant: string }>();

// @zcache
export async function load(id: number): Promise<string> {
  const store = requests["getStore"]();
  console.log(store?.tenant);
  return `row ${id}`;
}
