import { AsyncResource } from "node:async_hooks";

/** Nobody listens for the end of one, so that V8 needn't watch for it. */
const options = { requireManualDestroy: true };

/**
 * The async context of the code that makes one, so that work which another caller's callback or a timer continues can go
 * back into it: an AsyncLocalStorage then has what it has for the caller whose work it is. Where a promise is awaited
 * none is needed, because a promise keeps the context of whoever awaits it. It is made where a promise would be felt in
 * the time of a hit.
 */
export class CallerContext extends AsyncResource {
  constructor() {
    super("zcache", options);
  }

  run(work: () => void): void {
    this.runInAsyncScope(work);
  }
}
