import { type Codec } from "./codec";
import { type Interest } from "./interest";

/** A load's value, for those who share it. */
export interface Shared {
  readonly value: unknown;
  /** The encoded value, from which every sharer decodes a copy of its own; null if it can't be encoded. */
  readonly payload: Buffer | null;
  /** That of the function that loaded, which shares its key with others perhaps. */
  readonly codec: Codec;
}

/** Nothing for this caller came of the load: what stands now decides. */
export const readAgain = Symbol("read again");

export type LoadResult = Shared | typeof readAgain;

/**
 * One run of a loader for one key, and the callers of this process who wait for it.
 *
 * Only a caller who came before the loader started may take its value: an invalidation
 * may have been acknowledged, by anyone, between the start and a later caller's arrival.
 * Later ones wait until the run has ended and read again.
 */
export class Load {
  readonly key: string;
  /** Nobody waits for it: what stands at the key is served meanwhile. */
  readonly background: boolean;
  /** Null where the loader takes no signal. */
  readonly interest: Interest | null;
  /** For the caller who began it: settles with the loader's value or error. */
  readonly result: Promise<LoadResult>;
  /** Resolves when `result` has settled and the write, if any, is on its way. Never rejects. */
  readonly ended: Promise<void>;
  /** Somebody besides the caller who began it gets the value. */
  shared = false;

  #startedAt = Infinity;
  #companions: readonly string[] = [];
  #settle!: { resolve: (result: LoadResult) => void; reject: (error: unknown) => void };

  constructor(key: string, background: boolean, interest: Interest | null) {
    this.key = key;
    this.background = background;
    this.interest = interest;
    this.result = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    // Whoever waits gets the rejection; with nobody waiting it must not be unhandled.
    this.ended = this.result.then(ignore, ignore);
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
    if (!this.serves(arrival)) return this.ended.then(() => readAgain);
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
    const leave = this.interest?.join();
    if (!leave || !signal) return this.result;
    const onAbort = (): void => leave(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    void this.ended.then(() => signal.removeEventListener("abort", onAbort));
    return this.result;
  }

  resolve(result: LoadResult): void {
    this.#settle.resolve(result);
  }

  reject(error: unknown): void {
    this.#settle.reject(error);
  }
}

function ignore(): void {}
