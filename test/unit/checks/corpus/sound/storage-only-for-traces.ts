import { AsyncLocalStorage } from "node:async_hooks";
declare const db: { one(...parts: readonly unknown[]): Promise<string> };
declare const logger: { info(fields: object, text: string): void };
const traces = new AsyncLocalStorage<{ readonly traceId: string }>();
export const run = traces.run.bind(traces);

// @zcache ttl: 1m
export async function article(id: number): Promise<string> {
  logger.info({ trace: traces.getStore()?.traceId, id }, "loads an article");
  return db.one(id);
}
