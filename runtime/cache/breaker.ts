import { type Clock } from "../clock";
import { type BackendError } from "../errors";
import { type BreakerState } from "../events";

export interface BreakerOptions {
  /** After this many failures in a row the store is left alone. */
  readonly breakerFailures: number;
  /** The store is left alone for this long; then one operation is let through as a probe. */
  readonly breakerMs: number;
  readonly clock: Clock;
  /** The name that messages use for the store. */
  readonly store: string;
  /** Called synchronously; must not throw. */
  readonly onStateChange?: (state: BreakerState, cause: BackendError | null) => void;
}

/**
 * Counts failures in a row. An era begins with each change of state, and outcomes of operations
 * from an earlier era don't count: neither can a late one close an open breaker, nor can many that
 * fail at once open it many times. The one operation of a half-open era is the probe.
 */
export class Breaker {
  state: BreakerState = "closed";
  era = 0;
  readonly #options: BreakerOptions;
  #failures = 0;
  #openedAt = 0;

  constructor(options: BreakerOptions) {
    this.#options = options;
  }

  /** Returns null if the operation may pass, or a text that says why it may not. */
  enter(): string | null {
    if (this.state === "closed") return null;
    const failures = this.#failures === 1 ? "1 failure" : `${this.#failures} failures in a row`;
    const { store, breakerMs, clock } = this.#options;
    const held = `${store} is held off by the breaker after ${failures}; `;
    if (this.state === "half-open") return `${held}a probe is under way.`;
    const waitMs = this.#openedAt + breakerMs - clock.now();
    // A wait longer than the whole time means that the clock was set back.
    if (waitMs > 0 && waitMs <= breakerMs) return `${held}next probe in ${waitMs} ms.`;
    this.#change("half-open", null);
    return null;
  }

  succeeded(era: number): void {
    if (era !== this.era) return;
    this.#failures = 0;
    if (this.state !== "closed") this.#change("closed", null);
  }

  failed(era: number, cause: BackendError): void {
    if (era !== this.era) return;
    this.#failures++;
    if (this.state === "closed" && this.#failures < this.#options.breakerFailures) return;
    this.#openedAt = this.#options.clock.now();
    this.#change("open", cause);
  }

  #change(state: BreakerState, cause: BackendError | null): void {
    this.state = state;
    this.era++;
    this.#options.onStateChange?.(state, cause);
  }
}
