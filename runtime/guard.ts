import type { Backend } from "./backend";
import type { Clock } from "./clock";
import { BackendError, ConfigError } from "./errors";

export interface GuardOptions {
  /** How long an operation may take. @defaultValue 250 */
  readonly deadlineMs?: number;
  /**
   * How many operations may be under way at once, those counted whose caller was already
   * told that they took too long: a client keeps them queued. @defaultValue 10_000
   */
  readonly maxInFlight?: number;
  /** After this many failures in a row the store is left alone. @defaultValue 5 */
  readonly breakerFailures?: number;
  /** For this long; then one operation is let through to see. @defaultValue 1_000 */
  readonly breakerMs?: number;
  readonly clock: Clock;
  /** What messages call the store. @defaultValue "the backend" */
  readonly store?: string;
  /**
   * Calls back after the event loop has read what has arrived.
   * @defaultValue `setImmediate`
   */
  readonly turn?: (callback: () => void) => void;
  /** Called synchronously; must not throw. */
  readonly onStateChange?: (state: BreakerState, cause: BackendError | null) => void;
}

/** closed: operations pass. open: none does. half-open: one is under way to see whether the store is back. */
export type BreakerState = "closed" | "open" | "half-open";

/** An operation whose caller waits. */
interface Pending {
  readonly operation: string;
  readonly keys: readonly string[];
  readonly era: number;
  readonly reject: (error: BackendError) => void;
  dueAt: number;
}

/**
 * Stands between a cache and a backend that can fail: no operation keeps its caller
 * waiting beyond the deadline, and a store in trouble is left alone for a while.
 *
 * @throws ConfigError for an option that isn't a whole number of at least 1.
 */
export class Guard {
  readonly #clock: Clock;
  readonly #store: string;
  readonly #turn: (callback: () => void) => void;
  readonly #deadlineMs: number;
  readonly #maxInFlight: number;
  readonly #breaker: Breaker;

  /** Oldest first: the deadline is the same for all, so that the first is the next to be due. */
  readonly #pending = new Set<Pending>();
  #inFlight = 0;
  #watching = false;

  constructor(options: GuardOptions) {
    this.#clock = options.clock;
    this.#store = options.store ?? "the backend";
    this.#turn = options.turn ?? setImmediate;
    this.#deadlineMs = resolveCount("deadlineMs", options.deadlineMs, 250);
    this.#maxInFlight = resolveCount("maxInFlight", options.maxInFlight, 10_000);
    this.#breaker = new Breaker(
      this.#store,
      resolveCount("breakerFailures", options.breakerFailures, 5),
      resolveCount("breakerMs", options.breakerMs, 1_000),
      options.clock,
      options.onStateChange ?? (() => {}),
    );
  }

  get state(): BreakerState {
    return this.#breaker.state;
  }

  /** What `start` makes, or a rejection with a `BackendError`; then `start` may not even have been called. */
  run<T>(operation: string, keys: readonly string[], start: () => Promise<T>): Promise<T> {
    // The cap first: an operation that isn't sent must not be taken for the breaker's probe.
    const full = this.#inFlight >= this.#maxInFlight;
    const refusal = full ? `${this.#maxInFlight} operations are in flight already.` : this.#breaker.enter();
    if (refusal !== null) return Promise.reject(this.#createError(operation, keys, refusal));

    return new Promise<T>((resolve, reject) => {
      const pending: Pending = {
        operation,
        keys,
        era: this.#breaker.era,
        reject,
        dueAt: this.#clock.now() + this.#deadlineMs,
      };
      this.#inFlight++;
      this.#pending.add(pending);
      this.#watch();
      startSafely(start).then(
        (value) => {
          if (!this.#settle(pending)) return;
          this.#breaker.succeeded(pending.era);
          resolve(value);
        },
        (cause: unknown) => {
          if (!this.#settle(pending)) return;
          const error = this.#createError(operation, keys, `${this.#store} failed: ${describe(cause)}`, { cause });
          if (isAnswer(cause)) this.#breaker.succeeded(pending.era);
          else this.#breaker.failed(pending.era, error);
          reject(error);
        },
      );
    });
  }

  /** False: it has been given up before, and what became of it says nothing about the store as it is now. */
  #settle(pending: Pending): boolean {
    this.#inFlight--;
    return this.#pending.delete(pending);
  }

  /**
   * One timer for all operations, not one for each. It isn't cancelled when the last of
   * them ends, for the next one is likely to come before it fires.
   */
  #watch(): void {
    if (this.#watching) return;
    const [oldest] = this.#pending;
    if (!oldest) return;
    this.#watching = true;
    this.#clock.after(Math.max(oldest.dueAt - this.#clock.now(), 1), () => {
      const now = this.#clock.now();
      // When this process was busy the answers may be waiting in the sockets: they are read first.
      this.#turn(() => {
        this.#watching = false;
        this.#giveUp(now);
        this.#watch();
      });
    });
  }

  /** Due at the deadline exactly. */
  #giveUp(now: number): void {
    for (const pending of this.#pending) {
      // Only a clock that was set back makes one due later than a whole deadline from now.
      pending.dueAt = Math.min(pending.dueAt, now + this.#deadlineMs);
      if (pending.dueAt > now) break;
      this.#pending.delete(pending);
      const { operation, keys, era, reject } = pending;
      const error = this.#createError(operation, keys, `${this.#store} did not answer within ${this.#deadlineMs} ms.`);
      this.#breaker.failed(era, error);
      reject(error);
    }
  }

  #createError(operation: string, keys: readonly string[], why: string, options?: ErrorOptions): BackendError {
    return new BackendError(operation, keys, `Could not ${describeTask(operation, keys)}: ${why}`, options);
  }
}

/**
 * Counts failures in a row. An era begins with each change of state, and outcomes of
 * operations from an earlier era don't count: neither can a straggler close an open
 * breaker, nor can many that fail at once open it many times. The one operation of a
 * half-open era is the probe.
 */
class Breaker {
  state: BreakerState = "closed";
  era = 0;
  readonly #store: string;
  readonly #maxFailures: number;
  readonly #openMs: number;
  readonly #clock: Clock;
  readonly #onStateChange: (state: BreakerState, cause: BackendError | null) => void;
  #failures = 0;
  #openedAt = 0;

  constructor(
    store: string,
    maxFailures: number,
    openMs: number,
    clock: Clock,
    onStateChange: (state: BreakerState, cause: BackendError | null) => void,
  ) {
    this.#store = store;
    this.#maxFailures = maxFailures;
    this.#openMs = openMs;
    this.#clock = clock;
    this.#onStateChange = onStateChange;
  }

  /** Null lets the operation pass; a text says why it doesn't. */
  enter(): string | null {
    if (this.state === "closed") return null;
    const failures = this.#failures === 1 ? "1 failure" : `${this.#failures} failures in a row`;
    const held = `${this.#store} is held off by the breaker after ${failures}; `;
    if (this.state === "half-open") return `${held}a probe is under way.`;
    const waitMs = this.#openedAt + this.#openMs - this.#clock.now();
    // A wait longer than the whole time means that the clock was set back.
    if (waitMs > 0 && waitMs <= this.#openMs) return `${held}next probe in ${waitMs} ms.`;
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
    if (this.state === "closed" && this.#failures < this.#maxFailures) return;
    this.#openedAt = this.#clock.now();
    this.#change("open", cause);
  }

  #change(state: BreakerState, cause: BackendError | null): void {
    this.state = state;
    this.era++;
    this.#onStateChange(state, cause);
  }
}

function resolveCount(option: string, value: number | undefined, byDefault: number): number {
  if (value === undefined) return byDefault;
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new ConfigError(`"${option}" must be a whole number of at least 1, but got: ${String(value)}.`);
}

/** A `start` that throws has failed like one that rejects. */
function startSafely<T>(start: () => Promise<T>): Promise<T> {
  try {
    return start();
  } catch (error) {
    return Promise.reject(error);
  }
}

/**
 * Whether a healthy store has refused this one request: it holds another type, or the
 * request was malformed or not permitted. Anything else (OOM, READONLY, LOADING,
 * CLUSTERDOWN, no connection …) would befall the next request too.
 */
function isAnswer(cause: unknown): boolean {
  if (!(cause instanceof Error) || cause.name !== "ReplyError") return false;
  if (!/^(WRONGTYPE|NOPERM|NOSCRIPT|CROSSSLOT|ERR)\b/.test(cause.message)) return false;
  // Before Redis 7 a script's error is "ERR Error running script … -OOM command not allowed …".
  return !/\b(OOM|READONLY|LOADING|MISCONF|CLUSTERDOWN|TRYAGAIN|BUSY|MASTERDOWN|NOREPLICAS|NOAUTH|max number of clients)\b/.test(
    cause.message,
  );
}

const tasks: Readonly<Record<Exclude<keyof Backend, "name" | "remote">, string>> = {
  read: "read",
  acquire: "take the lease on",
  renew: "renew the lease on",
  write: "store",
  release: "give up the lease on",
  delete: "invalidate",
  ensureVersions: "create the version of",
};

const namedKeys = 3;

/** `invalidate "user:42"`, `read "a", "b", "c" and 5 more`. */
function describeTask(operation: string, keys: readonly string[]): string {
  const task = tasks[operation as keyof typeof tasks] ?? operation;
  const named = keys.slice(0, namedKeys).map((key) => `"${key}"`);
  const more = keys.length > namedKeys ? ` and ${keys.length - namedKeys} more` : "";
  return `${task} ${named.join(", ")}${more}`;
}

/** A whole sentence. A refused connection is an `AggregateError` without a message. */
function describe(cause: unknown): string {
  const { message, code } = cause instanceof Error ? (cause as NodeJS.ErrnoException) : { message: String(cause) };
  return `${(message || code || "unknown error").replace(/\.$/, "")}.`;
}
