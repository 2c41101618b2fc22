import {
  type BackendTask,
  createBackendError,
  createFailure,
  isServerError,
  startSafely,
} from "../backends/backend-failure";
import { Breaker, type BreakerOptions } from "./breaker";
import { type BreakerState } from "../events";
import { CallerContext } from "../user-code/caller-context";
import { busyMs, type Clock } from "../clock";
import { type BackendError } from "../errors";

/** The options as resolved and checked by `configure`. */
export interface GuardOptions extends BreakerOptions {
  /** How long an operation may take. */
  readonly deadlineMs: number;
  /**
   * How many operations may be under way at once. This includes those whose caller was already told
   * that they took too long, because a client keeps them queued.
   */
  readonly maxInFlight: number;
  /** Called for each operation that failed, before its caller is notified. */
  readonly onFault?: (task: BackendTask, keys: readonly string[], error: BackendError) => void;
  /**
   * Calls back after the event loop has read what has arrived.
   * @defaultValue `setImmediate`
   */
  readonly turn?: (callback: () => void) => void;
}

/** An operation whose caller waits, linked to those that were begun before it and after it. */
interface Pending {
  readonly task: BackendTask;
  readonly keys: readonly string[];
  readonly era: number;
  readonly reject: (error: BackendError) => void;
  /**
   * The caller's context: the deadline is noticed by a timer, which another caller may have set.
   */
  readonly context: CallerContext;
  dueAt: number;
  older: Pending | null;
  newer: Pending | null;
  /** If false, it was given up, and its outcome says nothing about the store's present state. */
  isWaiting: boolean;
  /** It has once been given extra time because this process was busy. */
  isExcused: boolean;
}

/**
 * Protects a cache from a backend that can fail: no operation keeps its caller waiting beyond the
 * deadline, and a store in trouble is left alone for a while.
 */
export class Guard {
  readonly #clock: Clock;
  readonly #store: string;
  readonly #turn: (callback: () => void) => void;
  readonly #deadlineMs: number;
  readonly #maxInFlight: number;
  readonly #breaker: Breaker;
  readonly #onFault: GuardOptions["onFault"];

  /**
   * The oldest operation, which is the next to be due, because the deadline is the same for all. It
   * is a list, because a Set takes longer than everything else here.
   */
  #oldest: Pending | null = null;
  #newest: Pending | null = null;
  #inFlight = 0;
  #watching = false;

  constructor(options: GuardOptions) {
    this.#clock = options.clock;
    this.#store = options.store;
    this.#turn = options.turn ?? setImmediate;
    this.#deadlineMs = options.deadlineMs;
    this.#maxInFlight = options.maxInFlight;
    this.#breaker = new Breaker(options);
    this.#onFault = options.onFault;
  }

  get state(): BreakerState {
    return this.#breaker.state;
  }

  /** How many operations are under way. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /**
   * Calls back with the result of `start`, or with the reason why there is none; then `start` may
   * not even have been called.
   * It uses callbacks, because one more promise per operation is measurable in hit latency.
   */
  run<T>(
    task: BackendTask,
    keys: readonly string[],
    start: () => Promise<T>,
    resolve: (value: T) => void,
    reject: (error: BackendError) => void,
  ): void {
    // There are never more releases than leases that were taken, and a release that isn't sent
    // keeps others waiting needlessly.
    const isRelease = task === "release";
    const refusal = isRelease ? null : this.#refuse();
    if (refusal !== null) {
      const error = createBackendError(task, keys, refusal);
      this.#onFault?.(task, keys, error);
      return reject(error);
    }

    const pending: Pending = {
      task,
      keys,
      // A release that has passed an open or half-open breaker is not the breaker's probe.
      era: isRelease && this.#breaker.state !== "closed" ? noEra : this.#breaker.era,
      reject,
      context: new CallerContext(),
      dueAt: this.#clock.now() + this.#deadlineMs,
      older: this.#newest,
      newer: null,
      isWaiting: true,
      isExcused: false,
    };
    this.#inFlight++;
    if (this.#newest) this.#newest.newer = pending;
    else this.#oldest = pending;
    this.#newest = pending;
    this.#watch();
    startSafely(start).then(
      (value) => {
        if (!this.#settle(pending)) return;
        this.#breaker.succeeded(pending.era);
        try {
          resolve(value);
        } catch (cause) {
          // The answer of a user's own backend had a form that could not be read.
          reject(createFailure(this.#store, task, keys, cause));
        }
      },
      (cause: unknown) => {
        if (!this.#settle(pending)) return;
        const error = createFailure(this.#store, task, keys, cause);
        if (isAnswer(cause)) this.#breaker.succeeded(pending.era);
        else this.#breaker.failed(pending.era, error);
        this.#onFault?.(task, keys, error);
        reject(error);
      },
    );
  }

  /** Returns why an operation can't be sent now, or null if it can. */
  #refuse(): string | null {
    // The limit is checked first: an operation that isn't sent must not be taken for the breaker's
    // probe.
    if (this.#inFlight >= this.#maxInFlight)
      return `${this.#maxInFlight} operations are in flight already.`;
    return this.#breaker.enter();
  }

  /** Returns whether its caller still waits. */
  #settle(pending: Pending): boolean {
    this.#inFlight--;
    return this.#remove(pending);
  }

  #remove(pending: Pending): boolean {
    if (!pending.isWaiting) return false;
    const { older, newer } = pending;
    pending.isWaiting = false;
    // An answer that never arrives must not keep everything after it in memory.
    pending.older = pending.newer = null;
    if (older) older.newer = newer;
    else this.#oldest = newer;
    if (newer) newer.older = older;
    else this.#newest = older;
    return true;
  }

  /**
   * Sets one timer for all operations, not one for each. It isn't cancelled when the last of them
   * ends, because the next one is likely to begin before it fires.
   */
  #watch(): void {
    const oldest = this.#oldest;
    // A caller that is told that its operation was given up may begin another one, and that has set
    // the timer.
    if (!oldest || this.#watching) return;
    this.#watching = true;
    const setAt = this.#clock.now();
    const delayMs = Math.max(oldest.dueAt - setAt, 1);
    this.#clock.after(delayMs, () => {
      const now = this.#clock.now();
      const wasBusyMs = busyMs(this.#clock, setAt + delayMs);
      if (wasBusyMs > 0) this.#excuse(now + Math.min(wasBusyMs, this.#deadlineMs));
      // If this process was busy the answers may be waiting in the sockets, so they are read first.
      this.#turn(() => {
        this.#watching = false;
        this.#giveUp(now);
        this.#watch();
      });
    });
  }

  /**
   * Extends deadlines by the time in which this process was busy, which is not the store's fault:
   * the command may have been sent only now.
   */
  #excuse(until: number): void {
    for (let pending = this.#oldest; pending; pending = pending.newer) {
      if (!pending.isExcused) pending.dueAt = Math.max(pending.dueAt, until);
      pending.isExcused = true;
    }
  }

  /** Gives up operations at the deadline exactly. */
  #giveUp(now: number): void {
    for (let pending = this.#oldest; pending; pending = this.#oldest) {
      // Only a clock that was set back makes one due later than a whole deadline from now.
      pending.dueAt = Math.min(pending.dueAt, now + this.#deadlineMs);
      if (pending.dueAt > now) break;
      this.#remove(pending);
      const { task, keys, era, reject, context } = pending;
      const error = createBackendError(
        task,
        keys,
        `${this.#store} did not answer within ${this.#deadlineMs} ms.`,
      );
      context.run(() => {
        this.#breaker.failed(era, error);
        this.#onFault?.(task, keys, error);
        reject(error);
      });
    }
  }
}

/** The era of an operation that says nothing about an era. The breaker's own begin with 0. */
const noEra = -1;

/**
 * Whether a store that can be asked has refused this one request: it holds another type, the
 * request was malformed or not permitted, or the store takes no writes (it is full, a replica, or
 * has too few of them) and still answers reads and, if it is only full, deletes. Anything else
 * (LOADING, CLUSTERDOWN, no connection …) would happen to the next request too, whatever it is.
 */
function isAnswer(cause: unknown): boolean {
  if (!isServerError(cause)) return false;
  const { message } = cause;
  // Before Redis 7 a script's error is "ERR Error running script … -OOM command not allowed …".
  if (
    /\b(LOADING|CLUSTERDOWN|TRYAGAIN|BUSY|MASTERDOWN|NOAUTH|max number of clients)\b/.test(message)
  )
    return false;
  return /^(WRONGTYPE|NOPERM|NOSCRIPT|CROSSSLOT|OOM|READONLY|NOREPLICAS|MISCONF|ERR)\b/.test(
    message,
  );
}
