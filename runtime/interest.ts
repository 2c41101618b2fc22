/**
 * Who still wants the result of a run of a loader. Its signal, which the loader is given
 * in place of its caller's, aborts when every one of them has aborted.
 */
export class Interest {
  readonly #controller = new AbortController();
  #waiting = 0;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** A caller waits. What is returned is to be called if it aborts. */
  join(): (reason: unknown) => void {
    this.#waiting++;
    return (reason) => {
      if (--this.#waiting === 0) this.#controller.abort(reason);
    };
  }
}
