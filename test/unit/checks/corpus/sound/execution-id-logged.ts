import { executionAsyncId } from "node:async_hooks";

declare function query(...parts: unknown[]): Promise<string>;

// @zcache
export async function load(id: number): Promise<string> {
  console.log(executionAsyncId());
  return query(id);
}
