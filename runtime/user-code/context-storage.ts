import { type AsyncLocalStorage } from "node:async_hooks";

/**
 * Stores what the running code belongs to: a transaction, a loader, a call of `withCache`. The
 * storage is null until it is used for the first time, because it slows down every promise of the
 * process.
 */
export interface ContextStorage<Value> {
  storage: AsyncLocalStorage<Value> | null;
}

/** Runs `work` so that everything it calls, also after an `await`, belongs to the value. */
export function runAs<Value, Result>(
  context: ContextStorage<Value>,
  value: Value,
  work: () => Result,
): Result {
  context.storage ??= createStorage();
  return context.storage.run(value, work);
}

function createStorage<Value>(): AsyncLocalStorage<Value> {
  const { AsyncLocalStorage: Storage } =
    require("node:async_hooks") as typeof import("node:async_hooks");
  return new Storage();
}
