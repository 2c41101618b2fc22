/**
 * Counts the callers that still want the result of a loader's run. When all of them have aborted, a
 * loader that has not started is not run. One that has started is notified by its signal, which it
 * gets in place of its caller's.
 */
export class AbortGroup {
  #controller: AbortController | null = null;
  #waiting = 0;
  #isGone = false;
  #reason: unknown;
  readonly #onGone: () => void;

  /** @param onGone is called when the last of them has aborted */
  constructor(onGone: () => void) {
    this.#onGone = onGone;
  }

  /** Returns the signal for the loader. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#isGone) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }

  /** Returns whether no caller wants the result any more. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** Returns why the last caller has aborted. */
  get reason(): unknown {
    return this.#reason;
  }

  join(): void {
    this.#waiting++;
  }

  /** Removes a caller that has joined and has aborted. */
  leave(reason: unknown): void {
    if (--this.#waiting > 0) return;
    this.#isGone = true;
    this.#reason = reason;
    this.#controller?.abort(reason);
    this.#onGone();
  }
}
