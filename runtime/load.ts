import { type Codec } from "./codec";
import { type Interest } from "./interest";
import { type Lease } from "./lease";
import { type Missing } from "./lookup";

/** A load's value, for those who share it. */
export interface Shared {
  readonly value: unknown;
  /** The encoded value, from which every sharer decodes a copy of its own; null if it can't be encoded. */
  readonly payload: Buffer | string | null;
  /** That of the function that loaded, which shares its key with others perhaps. */
  readonly codec: Codec;
}

/** Nothing for this caller came of the load: what stands now decides. */
export const readAgain = Symbol("read again");

export type LoadResult = Shared | typeof readAgain;

/** Who is told of the end of a load. */
interface Waiter {
  readonly resolve: (result: LoadResult) => void;
  readonly reject: (error: unknown) => void;
}

const noTexts: readonly string[] = [];

/**
 * One run of a loader for one key, and the callers of this process who wait for it.
 *
 * Only a caller who came before the loader started may take its value: an invalidation
 * may have been acknowledged, by anyone, between the start and a later caller's arrival.
 * Later ones wait until the run has ended and read again.
 */
export class Load {
  readonly key: string;
  /** Somebody besides the caller who began it gets the value. */
  shared = false;

  // What it takes to store the value, as far as it is known by now.
  lease: Lease | null = null;
  versions: readonly string[] = noTexts;
  /** Of `fenceKeys`, as they stood before the loader ran. */
  fences: readonly string[] = noTexts;

  #startedAt = Infinity;
  #companions = noTexts;
  readonly #waiters: Waiter[] = [];
  #end: { readonly result: LoadResult } | { readonly error: unknown } | null = null;

  constructor(
    readonly missing: Missing,
    /** Nobody waits for it: what stands at the key is served meanwhile. */
    readonly background: boolean,
    /** Null where the loader takes no signal. */
    readonly interest: Interest | null,
  ) {
    this.key = missing.wanted.key;
  }

  /** May a caller who arrived at this tick take the value? */
  serves(arrival: number): boolean {
    return arrival < this.#startedAt;
  }

  /** @param keys all that this run of the loader is for: in a batch, many */
  start(tick: number, keys: readonly string[]): void {
    this.#startedAt = tick;
    this.#companions = keys;
  }

  /** Waits for a load that somebody else began: its value, for those who came before it started. */
  async join(arrival: number, wants: (key: string) => boolean, signal: AbortSignal | null): Promise<LoadResult> {
    if (!this.serves(arrival)) return this.#ended();
    this.shared = true;
    try {
      return await this.wait(signal);
    } catch (error) {
      if (this.#companions.every(wants)) throw error;
      // The other ids of a batch may be to blame, which this caller never asked for.
      return readAgain;
    }
  }

  /** The result, as one of those who want it: when all of them have aborted the loader is told. */
  wait(signal: AbortSignal | null): Promise<LoadResult> {
    this.want(signal);
    return new Promise((resolve, reject) => this.tell({ resolve, reject }));
  }

  /** Counts a caller who will be told of the result, until its signal aborts. */
  want(signal: AbortSignal | null): void {
    const leave = this.interest?.join();
    if (!leave || !signal) return;
    const onAbort = (): void => leave(signal.reason);
    const forget = (): void => signal.removeEventListener("abort", onAbort);
    signal.addEventListener("abort", onAbort, { once: true });
    this.tell({ resolve: forget, reject: forget });
  }

  /** Calls back when the value is there and its write, if any, is on its way. */
  tell(waiter: Waiter): void {
    const end = this.#end;
    if (!end) this.#waiters.push(waiter);
    else if ("result" in end) waiter.resolve(end.result);
    else waiter.reject(end.error);
  }

  resolve(result: LoadResult): void {
    if (this.#end) return;
    this.#end = { result };
    for (const waiter of this.#waiters.splice(0)) waiter.resolve(result);
  }

  reject(error: unknown): void {
    if (this.#end) return;
    this.#end = { error };
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
  }

  #ended(): Promise<typeof readAgain> {
    return new Promise((resolve) => {
      const end = (): void => resolve(readAgain);
      this.tell({ resolve: end, reject: end });
    });
  }
}
