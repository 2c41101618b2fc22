// expect: caller-context@13:4
import { executionAsyncId } from "node:async_hooks";

declare function query(...parts: unknown[]): Promise<string>;

const contexts = new Map<number, { tenant: string }>();
export function enter(tenant: string): void {
  contexts.set(executionAsyncId(), { tenant });
}
function tenant(): string {
  return contexts.get(executionAsyncId())?.tenant ?? "";
}
// @zcache
export async function load(id: number): Promise<string> {
  return query(tenant(), id);
}
