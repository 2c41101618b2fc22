import type { Kept, MemoryBackend, Voucher } from "../memory-backend";
import { parseStored } from "../../entry/entry";

/** A read under way whose answer may be kept, unless an invalidation arrives before it. */
interface Expectation {
  readers: number;
  /** It is false once the key was dropped, because the answer may be older than the drop. */
  standing: boolean;
}

/** The state that a read begun with `expect` needs when its answer arrives. */
export interface Expected {
  readonly keys: readonly string[];
  /** The claim that vouches for each key. */
  readonly vouchers: readonly Voucher[];
  readonly since: number;
  readonly expectations: readonly Expectation[];
}

/**
 * Keeps bytes of another store in this process, and knows the reads that may add to them. It has
 * neither a clock nor a connection: its owner reports what has become invalid, and provides the
 * claims that vouch for what is kept.
 *
 * The insert race: a read is answered on one connection and its invalidation arrives on another, so
 * that either may be first. A read therefore leaves an expectation before it is sent; `drop` and
 * `flush` end it, and then the answer is not kept.
 */
export class MemoryTier {
  readonly #memory: MemoryBackend;
  readonly #expected = new Map<string, Expectation>();

  constructor(memory: MemoryBackend) {
    this.#memory = memory;
  }

  /** Returns how many reads under way may still be kept. It is 0 when nothing is under way. */
  get expecting(): number {
    return this.#expected.size;
  }

  /**
   * Returns what is kept at all of the keys, was read less than `maxAgeMs` ago and may be served,
   * or null if one is missing. An entry is judged by its tags' versions, so they must come from one
   * store.
   */
  recall(keys: readonly string[], now: number, maxAgeMs: number): readonly Kept[] | null {
    const all: Kept[] = [];
    for (const key of keys) {
      const kept = this.recallOne(key, now, maxAgeMs);
      if (!kept) return null;
      all.push(kept);
    }
    return all;
  }

  recallOne(key: string, now: number, maxAgeMs: number): Kept | null {
    const kept = this.#memory.recall(key);
    return kept && now - kept.since < maxAgeMs && now < kept.until && kept.voucher.isLive(now)
      ? kept
      : null;
  }

  setMemo(key: string, memo: unknown, memoBytes: number): void {
    this.#memory.setMemo(key, memo, memoBytes);
  }

  /** Must be called before the read is sent. `keep` or `giveUp` must follow. */
  expect(keys: readonly string[], vouchers: readonly Voucher[], since: number): Expected {
    const expectations = keys.map((key) => {
      let expectation = this.#expected.get(key);
      if (!expectation) this.#expected.set(key, (expectation = { readers: 0, standing: true }));
      expectation.readers++;
      return expectation;
    });
    return { keys, vouchers, since, expectations };
  }

  /**
   * Takes the answer to the read, and keeps the parts that no invalidation has overtaken.
   * @param until when the first of the keys expires; the others don't matter after that
   */
  keep(expected: Expected, values: readonly (Buffer | null)[], until: number): void {
    const { keys, vouchers, since, expectations } = expected;
    expectations.forEach(({ standing }, i) => {
      const bytes = values[i];
      if (!standing || !bytes || !isWorthKeeping(bytes)) return;
      this.#memory.keep(
        keys[i] as string,
        bytes,
        vouchers[i] as Voucher,
        since,
        i === 0 ? until : Infinity,
      );
    });
    this.giveUp(expected);
  }

  giveUp({ keys, expectations }: Expected): void {
    expectations.forEach((expectation, i) => {
      const key = keys[i] as string;
      if (--expectation.readers === 0 && this.#expected.get(key) === expectation)
        this.#expected.delete(key);
    });
  }

  drop(key: string): void {
    this.#memory.forget(key);
    const expectation = this.#expected.get(key);
    if (!expectation) return;
    expectation.standing = false;
    // Reads that begin from now on are later than what was dropped.
    this.#expected.delete(key);
  }

  flush(): void {
    this.#memory.clear();
    for (const expectation of this.#expected.values()) expectation.standing = false;
    this.#expected.clear();
  }
}

/**
 * Whether the bytes are worth keeping. A lease alone, and bytes of another format version, are
 * misses, for which Redis has to be asked anyway. An entry under a lease is kept: readers don't
 * look at the lease, and each change to it is one more invalidation.
 */
function isWorthKeeping(bytes: Buffer): boolean {
  const stored = parseStored(bytes);
  return stored !== "unreadable" && stored.payload !== null;
}
