/**
 * How many callers still want the result of a run of a loader. When all of them have aborted, a loader that has not
 * started is not run, and one that has is told by its signal, which it is given in place of its caller's.
 */
export class Interest {
  #controller: AbortController | null = null;
  #waiting = 0;
  #isGone = false;
  #reason: unknown;
  readonly #onGone: () => void;

  /** @param onGone is called when the last of them has aborted */
  constructor(onGone: () => void) {
    this.#onGone = onGone;
  }

  /** For the loader. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#isGone) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }

  /** Nobody wants the result any more. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** Why the last of them has aborted. */
  get reason(): unknown {
    return this.#reason;
  }

  join(): void {
    this.#waiting++;
  }

  /** One of those who have joined has aborted. */
  leave(reason: unknown): void {
    if (--this.#waiting > 0) return;
    this.#isGone = true;
    this.#reason = reason;
    this.#controller?.abort(reason);
    this.#onGone();
  }
}
