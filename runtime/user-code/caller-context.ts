import { AsyncResource } from "node:async_hooks";

/** Nothing listens for the destruction of a resource, so V8 need not watch for it. */
const options = { requireManualDestroy: true };

/**
 * Keeps the async context of the code that creates it, so that work continued by another caller's
 * callback or by a timer can return to it: an AsyncLocalStorage then has the value of the caller
 * that the work is for. It is not needed where a promise is awaited, because a promise keeps the
 * context of the code that awaits it. It is used where a promise would be measurable in hit
 * latency.
 */
export class CallerContext extends AsyncResource {
  constructor() {
    super("zcache", options);
  }

  run(work: () => void): void {
    this.runInAsyncScope(work);
  }
}
