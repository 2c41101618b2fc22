import { type LRUCache } from "lru-cache";
import type {
  AcquireRequest,
  AcquireResult,
  Backend,
  LocalBytes,
  HoldRequest,
  LeasedValues,
  LeaseRequest,
  ReleaseRequest,
  RenewRequest,
  Values,
  VersionRequest,
  WriteRequest,
} from "./backend";
import { resolveCount } from "../check-options";
import { trust } from "./checked-backend";
import { type Clock, neverSetBack, systemClock } from "../clock";
import { idLength } from "../entry/entry";
import { ConfigError } from "../errors";
import { withDefaults } from "../options";
import { type Inspector } from "./inspector";
import { acquireKey, endHold, holdKey, holdsLease, isHeld, releaseKey, renewKey } from "./key-state";
import { MemoryInspector } from "./memory-inspector";
import { textBytes } from "../codecs/heap-size";
import { randomId } from "../entry/id";

export interface MemoryBackendOptions {
  /**
   * The most keys that are kept: entries, leases and tag versions. From 1 to 16,777,216.
   * @defaultValue 10_000
   */
  readonly maxEntries?: number;
  /**
   * The most bytes that are kept, as V8 stores them: keys, values, 450 bytes for each key, and the
   * decoded values that are kept because they are read often. The process takes at most a quarter
   * more. At least 1.
   * @defaultValue 67_108_864 (64 MiB)
   */
  readonly maxBytes?: number;
  /** The clock that decides what has expired. @defaultValue the system's clock */
  readonly clock?: Clock;
}

/** Knows whether what was kept under it may be served: whether every change to it is certain to be heard of. */
export interface Voucher {
  isLive(now: number): boolean;
}

/** An entry of the store behind a tier, as the tier keeps it. Times are by the tier's clock. */
export interface Kept extends LocalBytes {
  readonly voucher: Voucher;
  /** The time at which it was read. */
  readonly since: number;
  /** The time at which it expires in the store. */
  readonly until: number;
}

/**
 * The value at a key. Its bytes are handed out, so they are replaced and never changed in place.
 */
class Slot implements LocalBytes {
  memo: unknown = null;
  memoBytes = 0;

  constructor(
    readonly bytes: Buffer,
    public expiresAt: number,
    /** Null if it belongs to this backend. */
    readonly voucher: Voucher | null = null,
    readonly since = 0,
    readonly until = 0,
  ) {}
}

/**
 * The size of a map entry, a slot, and a Buffer with memory of its own, as measured (Node 20,
 * 30,000 of them).
 */
const overheadBytes = 450;
const owner = "MemoryBackend: ";

/**
 * Keeps entries in this process, and drops the least recently used ones first. It follows the same
 * protocol as `RedisBackend`. Each method is carried out before it returns, so that nothing can
 * happen in between.
 *
 * @example
 * configure({ backend: new MemoryBackend({ maxEntries: 1_000 }) });
 *
 * @throws ConfigError for a limit that isn't a whole number of at least 1.
 */
export class MemoryBackend implements Backend {
  readonly name = "memory";
  readonly remote = false;

  readonly #clock: Clock;
  readonly #slots: LRUCache<string, Slot>;
  #inspector: Inspector | null = null;

  constructor(options: MemoryBackendOptions = {}) {
    trust(this, new.target);
    this.#clock = neverSetBack(options.clock ?? systemClock);
    const chosen = withDefaults("MemoryBackend", options);
    const maxSize = resolveCount("maxBytes", chosen.maxBytes, owner);
    this.#slots = createLru({
      // Memory for the list of all keys is allocated at once, so it must not be for more keys than
      // there are bytes for.
      max: Math.min(resolveMaxEntries(chosen.maxEntries), Math.max(Math.floor(maxSize / overheadBytes), 1)),
      maxSize,
      sizeCalculation: ({ bytes, memoBytes }, key) => textBytes(key) + bytes.length + memoBytes + overheadBytes,
    });
  }

  /** Returns how many keys are kept, including those that have expired and were not read since. */
  get size(): number {
    return this.#slots.size;
  }

  /**
   * Deletes everything: entries, leases and tag versions. It is safe at any time; loads under way
   * store nothing.
   */
  clear(): void {
    this.#slots.clear();
  }

  inspector(): Inspector {
    return (this.#inspector ??= new MemoryInspector(this.#slots, this.#clock));
  }

  /**
   * Returns what `keep` has stored. It is for a tier that uses this backend's room, and whose
   * entries this backend's own methods don't see.
   */
  recall(key: string): Kept | null {
    const slot = this.#slots.get(key);
    return slot?.voucher ? (slot as Kept) : null;
  }

  keep(key: string, bytes: Buffer, voucher: Voucher, since: number, until: number): void {
    this.#slots.set(key, new Slot(ownBytes(bytes), -Infinity, voucher, since, until));
  }

  forget(key: string): void {
    this.#slots.delete(key);
  }

  async read(keys: readonly string[]): Promise<Values> {
    return this.#bytesAt(keys, this.#clock.now());
  }

  peek(key: string): LocalBytes | null {
    return this.#standing(key, this.#clock.now()) ?? null;
  }

  setMemo(key: string, memo: unknown, memoBytes: number): void {
    const slot = this.#slots.get(key);
    // A memo must not take the room of many entries.
    if (!slot || slot.bytes.length + memoBytes > this.#slots.maxSize / 8) return;
    const { bytes, expiresAt, voucher, since, until } = slot;
    const slotWithMemo = new Slot(bytes, expiresAt, voucher, since, until);
    slotWithMemo.memo = memo;
    slotWithMemo.memoBytes = memoBytes;
    // Its size is only measured again for another object.
    this.#slots.set(key, slotWithMemo);
  }

  async acquire(requests: readonly AcquireRequest[]): Promise<AcquireResult[]> {
    const now = this.#clock.now();
    return requests.map((request) => this.#acquireOne(request, now));
  }

  async readAndLease(keys: readonly string[], { token, leaseMs, count }: LeaseRequest): Promise<LeasedValues> {
    const now = this.#clock.now();
    const values = this.#bytesAt(keys, now);
    const leased = values.slice(0, count).map((bytes, i) => {
      if (!bytes) this.#acquireOne({ key: keys[i] as string, token, leaseMs, seenId: null, force: false }, now);
      return !bytes;
    });
    return { values, leased };
  }

  async renew(requests: readonly RenewRequest[]): Promise<boolean[]> {
    const now = this.#clock.now();
    return requests.map(({ key, ...request }) => {
      const next = renewKey(this.#stateAt(key, now), request, now);
      if (next) this.#store(key, next.bytes, next.expiresAt);
      return next !== null;
    });
  }

  async write(requests: readonly WriteRequest[]): Promise<boolean[]> {
    const now = this.#clock.now();
    return requests.map(({ key, token, bytes, ttlMs, versionKeys }) => {
      for (const versionKey of versionKeys) raiseVersion(this.#standing(versionKey, now), now + ttlMs);
      const state = this.#stateAt(key, now);
      if (!state || !holdsLease(state, token)) return false;
      return this.#store(key, bytes, now + ttlMs);
    });
  }

  async release(requests: readonly ReleaseRequest[]): Promise<void> {
    const now = this.#clock.now();
    for (const { key, token } of requests) {
      const next = releaseKey(this.#stateAt(key, now), token);
      if (next === "nothing") this.#slots.delete(key);
      else if (next) this.#store(key, next.bytes, next.expiresAt);
    }
  }

  async delete(keys: readonly string[]): Promise<void> {
    const now = this.#clock.now();
    for (const key of keys) if (!isHeld(this.#stateAt(key, now), now)) this.#slots.delete(key);
  }

  async holdKeys(requests: readonly HoldRequest[]): Promise<boolean[]> {
    const now = this.#clock.now();
    return requests.map(({ key, ...request }) => {
      const { isRenewed, next } = holdKey(this.#stateAt(key, now), request, now);
      this.#store(key, next.bytes, next.expiresAt);
      return isRenewed;
    });
  }

  async endHolds(requests: readonly ReleaseRequest[]): Promise<boolean[]> {
    const now = this.#clock.now();
    return requests.map(({ key, token }) => {
      const { isEnded, next } = endHold(this.#stateAt(key, now), token, now);
      if (next === "nothing") this.#slots.delete(key);
      else if (next) this.#store(key, next.bytes, next.expiresAt);
      return isEnded;
    });
  }

  async ensureVersions(requests: readonly VersionRequest[]): Promise<(string | null)[]> {
    const now = this.#clock.now();
    return requests.map(({ key, ttlMs }) => {
      const slot = this.#standing(key, now);
      if (slot?.bytes.length === idLength) {
        raiseVersion(slot, now + ttlMs);
        return slot.bytes.toString("latin1");
      }
      if (isHeld(slot ?? null, now)) return null;
      const version = randomId();
      this.#store(key, Buffer.from(version, "latin1"), now + ttlMs);
      return version;
    });
  }

  async time(): Promise<number> {
    return this.#clock.now();
  }

  #acquireOne(request: AcquireRequest, now: number): AcquireResult {
    const { result, next } = acquireKey(this.#stateAt(request.key, now), request, now);
    if (next) this.#store(request.key, next.bytes, next.expiresAt);
    return result;
  }

  /**
   * Stores the bytes. Returns false for bytes that are larger than the whole cache may be. Nothing
   * is kept then, not even the previous bytes.
   */
  #store(key: string, bytes: Buffer | string, expiresAt: number): boolean {
    this.#slots.set(key, new Slot(ownBytes(bytes), expiresAt));
    return this.#slots.has(key);
  }

  #bytesAt(keys: readonly string[], now: number): Values {
    return keys.map((key) => this.#standing(key, now)?.bytes ?? null);
  }

  /** Returns the slot at the key. It expires at `expiresAt` exactly. */
  #standing(key: string, now: number): Slot | undefined {
    const slot = this.#slots.get(key);
    if (!slot || slot.expiresAt > now) return slot;
    this.#slots.delete(key);
    return undefined;
  }

  #stateAt(key: string, now: number): Slot | null {
    return this.#standing(key, now) ?? null;
  }
}

/** The capacity of V8's Map. */
const mostEntries = 2 ** 24;

function resolveMaxEntries(given: number): number {
  const count = resolveCount("maxEntries", given, owner);
  if (count <= mostEntries) return count;
  throw new ConfigError(
    `${owner}"maxEntries" must be at most ${mostEntries}, which is as many as a Map of JavaScript holds, but got: ${count}.`,
  );
}

/** Loads lru-cache on first use, because a program on Redis never needs it. */
function createLru(options: LRUCache.Options<string, Slot, unknown>): LRUCache<string, Slot> {
  const { LRUCache: Lru } = require("./lru") as typeof import("./lru");
  return new Lru<string, Slot>(options);
}

/**
 * Copies bytes into memory of their own, because a piece of a pool, or of what a socket received,
 * would keep all of it in memory.
 */
function ownBytes(bytes: Buffer | string): Buffer {
  if (typeof bytes !== "string" && bytes.buffer.byteLength === bytes.length) return bytes;
  const own = Buffer.allocUnsafeSlow(Buffer.byteLength(bytes));
  if (typeof bytes === "string") own.write(bytes);
  else bytes.copy(own);
  return own;
}

/** What is not a version, such as a hold, has an end of its own. */
function raiseVersion(slot: Slot | undefined, expiresAt: number): void {
  if (slot?.bytes.length === idLength && slot.expiresAt < expiresAt) slot.expiresAt = expiresAt;
}
