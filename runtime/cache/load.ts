import { type Codec } from "../codecs/codec";
import { OneDecode } from "../codecs/one-decode";
import { type AbortGroup } from "./abort-group";
import { type Lease } from "./found";
import { type Missing } from "./found";
import { onAbort } from "../user-code/on-abort";
import { endLoadOf, waitFor } from "./runs";
import { type Run } from "./run";

/** A load's value, for the callers that share it. */
export class Shared {
  #decode: OneDecode | null = null;

  constructor(
    readonly value: unknown,
    /**
     * The encoded value, from which each sharer gets a copy of its own, or null if it can't be
     * encoded.
     */
    readonly payload: Buffer | string | null,
    /** The codec of the function that loaded, which may share its key with others. */
    readonly codec: Codec,
  ) {}

  /** Decodes the value for one of the sharers. Throws what the codec throws. */
  decode(isFrozen: boolean): unknown {
    const { payload, codec } = this;
    if (payload === null) return this.value;
    this.#decode ??= new OneDecode();
    return isFrozen ? this.#decode.frozen(codec, payload) : this.#decode.own(codec, payload);
  }
}

/**
 * The load had no value for this caller, which has to read what is stored now. The symbol is the
 * same for all copies of zcache in the process.
 */
export const readAgain: unique symbol = Symbol.for("zcache.read-again.1") as never;

export type LoadResult = Shared | typeof readAgain;

/** A listener for the end of a load. */
interface Waiter {
  readonly resolve: (result: LoadResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * How a load is begun. In the background nothing waits for it, and the stored entry is served
 * meanwhile.
 */
export type Beginning = "call" | "background" | "refresh";

/**
 * What happened to the value. dropped: the lease was gone, because the key was invalidated or
 * another caller has taken it.
 * unstored: it was not to be stored, or there was no lease to store it with, or the store has
 * failed.
 */
export type Fate = "stored" | "dropped" | "unstored";

const noTexts: readonly string[] = [];

/**
 * One run of a loader for one key, and the callers of this process that wait for it.
 *
 * Only a caller that came before the loader started may take its value: an invalidation may have
 * been acknowledged, by anyone, between the start and a later caller's arrival.
 * Later callers wait until the run has ended and read again.
 */
export class Load {
  readonly key: string;
  /** Another caller than the one that began it gets the value. */
  shared = false;
  /**
   * The arguments have changed since the call: the value belongs to another key, and only its own
   * caller may have it.
   */
  isDetached = false;
  /** Known when a value that is stored has been stored. */
  fate: Fate = "unstored";

  // The state that is needed to store the value, as far as it is known at this point.
  lease: Lease | null = null;
  versions: readonly string[] = noTexts;
  /** The versions at `fenceKeys`, as they were before the loader ran. */
  fences: readonly string[] = noTexts;

  #startedAt = Infinity;
  #companions = noTexts;
  readonly #waiters: Waiter[] = [];
  #end: { readonly result: LoadResult } | { readonly error: unknown } | null = null;

  constructor(
    readonly missing: Missing,
    readonly beginning: Beginning,
    readonly run: Run,
    /** Null for a load in the background, which is wanted whether or not anyone waits. */
    readonly abortGroup: AbortGroup | null,
  ) {
    this.key = missing.wanted.key;
  }

  get background(): boolean {
    return this.beginning === "background";
  }

  /** Returns whether the loader was called. */
  get hasStarted(): boolean {
    return this.#startedAt !== Infinity;
  }

  /** Whether a caller that arrived at this tick may take the value. */
  serves(arrival: number): boolean {
    return arrival < this.#startedAt;
  }

  /** @param keys all keys that this run of the loader is for: in a batch, many */
  start(tick: number, keys: readonly string[]): void {
    this.#startedAt = tick;
    this.#companions = keys;
  }

  /**
   * Waits for a load that another caller began, and returns its value to callers that came before
   * it started. It must not be called if the load waits for the caller (`waitsForCaller`).
   */
  async join(
    arrival: number,
    wants: (key: string) => boolean,
    signal: AbortSignal | null,
  ): Promise<LoadResult> {
    const forget = waitFor(this.run);
    if (forget) this.addWaiter({ resolve: forget, reject: forget });
    if (!this.serves(arrival)) return this.#ended();
    this.shared = true;
    try {
      const result = await this.wait(signal);
      return this.isDetached ? readAgain : result;
    } catch (error) {
      if (!this.isDetached && this.#companions.every(wants)) throw error;
      // The cause may be another caller's arguments, or the other ids of a batch, which this caller
      // never gave.
      return readAgain;
    }
  }

  /**
   * Waits for the result as one of the callers that want it. When all of them have aborted, the
   * loader is notified.
   */
  wait(signal: AbortSignal | null): Promise<LoadResult> {
    this.want(signal);
    return new Promise((resolve, reject) => this.addWaiter({ resolve, reject }));
  }

  /** Returns the value to the caller that began the load. */
  async result(): Promise<unknown> {
    const result = await new Promise<LoadResult>((resolve, reject) =>
      this.addWaiter({ resolve, reject }),
    );
    return result === readAgain ? undefined : result.value;
  }

  /** Counts a caller that will be given the result, until its signal aborts. */
  want(signal: AbortSignal | null): void {
    const group = this.abortGroup;
    if (!group) return;
    group.join();
    if (!signal) return;
    if (signal.aborted) return group.leave(signal.reason);
    const forget = onAbort(signal, () => group.leave(signal.reason));
    this.addWaiter({ resolve: forget, reject: forget });
  }

  /** Calls back when the value exists and its write, if any, was sent. */
  addWaiter(waiter: Waiter): void {
    const end = this.#end;
    if (!end) this.#waiters.push(waiter);
    else if ("result" in end) waiter.resolve(end.result);
    else waiter.reject(end.error);
  }

  resolve(result: LoadResult): void {
    if (this.#end) return;
    this.#end = { result };
    endLoadOf(this.run);
    for (const waiter of this.#waiters.splice(0)) waiter.resolve(result);
  }

  reject(error: unknown): void {
    if (this.#end) return;
    this.#end = { error };
    endLoadOf(this.run);
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
  }

  #ended(): Promise<typeof readAgain> {
    return new Promise((resolve) => {
      const end = (): void => resolve(readAgain);
      this.addWaiter({ resolve: end, reject: end });
    });
  }
}
