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
import { checkOptions, resolveClock, resolveCount } from "../check-options";
import { trust } from "./checked-backend";
import { type Clock } from "../clock";
import { idLength } from "../entry/entry";
import { ConfigError } from "../errors";
import { type OptionRow, optionsAt, withDefaults } from "../options";
import { type Inspector } from "./inspector";
import {
  acquireKey,
  endHold,
  holdKey,
  holdsLease,
  isHeld,
  type KeyState,
  releaseKey,
  renewKey,
} from "./key-state";
import { MemoryInspector } from "./memory-inspector";
import { Held, MemoryStore, toStored } from "./memory-store";
import { randomId } from "../entry/id";

export interface MemoryBackendOptions {
  /**
   * The most keys that are kept: entries, leases and tag versions. From 1 to 16,777,216.
   * @defaultValue 10_000
   */
  readonly maxEntries?: number;
  /**
   * The most bytes that are kept, as V8 stores them: keys, values, 200 bytes for each key (450 if
   * its value is above 1 KB), and the decoded values that are kept because they are read often. The
   * process takes at most a quarter more. At least 1.
   * @defaultValue 67_108_864 (64 MiB)
   */
  readonly maxBytes?: number;
  /** The clock that decides what has expired. @defaultValue the system's clock */
  readonly clock?: Clock;
}

/**
 * Says whether what was kept under it may be served: whether this process is certain to be notified
 * of every change to it.
 */
export interface Voucher {
  isLive(now: number): boolean;
}

/** An entry of the store behind a tier, as the tier keeps it. Times are by the tier's clock. */
export class Kept extends Held {
  constructor(
    stored: Buffer | string,
    readonly voucher: Voucher,
    /** The time at which it was read. */
    readonly since: number,
    /** The time at which it expires in the store. */
    readonly until: number,
  ) {
    super(stored);
  }
}

const owner = "MemoryBackend: ";
/** An option without a row in the table does not compile. */
const rows: Readonly<Record<keyof MemoryBackendOptions, OptionRow>> = optionsAt("MemoryBackend");

/**
 * Keeps entries in this process, and drops the least recently used ones first. It follows the same
 * protocol as `RedisBackend`. Each method is carried out before it returns, so that nothing can
 * happen in between.
 *
 * @example
 * configure({ backend: new MemoryBackend({ maxEntries: 1_000 }) });
 *
 * @throws ConfigError for an option that does not exist or has an impossible value.
 */
export class MemoryBackend implements Backend {
  readonly name = "memory";
  readonly remote = false;

  readonly #clock: Clock;
  readonly #store: MemoryStore;
  #inspector: Inspector | null = null;

  constructor(options: MemoryBackendOptions = {}) {
    checkOptions("MemoryBackend", rows, options);
    trust(this, new.target);
    this.#clock = resolveClock(options.clock, owner);
    const chosen = withDefaults("MemoryBackend", options);
    this.#store = new MemoryStore(
      resolveMaxEntries(chosen.maxEntries),
      resolveCount("maxBytes", chosen.maxBytes, owner),
    );
  }

  /** Returns how many keys are kept, including those that have expired and were not read since. */
  get size(): number {
    return this.#store.size;
  }

  /**
   * Deletes everything: entries, leases and tag versions. It is safe at any time; loads under way
   * store nothing.
   */
  clear(): void {
    this.#store.clear();
  }

  /**
   * Returns when what is stored at the key expires, by the backend's clock, or null if nothing is
   * stored.
   */
  endOf(key: string): number | null {
    return this.#store.peek(key)?.expiresAt ?? null;
  }

  inspector(): Inspector {
    return (this.#inspector ??= new MemoryInspector(this.#store, this.#clock));
  }

  /**
   * Returns what `keep` has stored. It is for a tier that uses this backend's room, and whose
   * entries this backend's own methods don't see.
   */
  recall(key: string): Kept | null {
    const place = this.#store.find(key);
    const held = place === 0 ? null : this.#store.heldAt(place);
    return held instanceof Kept ? held : null;
  }

  keep(key: string, bytes: Buffer, voucher: Voucher, since: number, until: number): void {
    this.#store.set(key, new Kept(toStored(bytes), voucher, since, until), -Infinity);
  }

  forget(key: string): void {
    this.#store.delete(key);
  }

  async read(keys: readonly string[]): Promise<Values> {
    return this.#bytesAt(keys, this.#clock.now());
  }

  peek(key: string): LocalBytes | null {
    const place = this.#find(key, this.#clock.now());
    return place === 0 ? null : this.#store.heldAt(place);
  }

  setMemo(key: string, memo: unknown, memoBytes: number): void {
    this.#store.setMemo(key, memo, memoBytes);
  }

  async acquire(requests: readonly AcquireRequest[]): Promise<AcquireResult[]> {
    const now = this.#clock.now();
    return requests.map((request) => this.#acquireOne(request, now));
  }

  async readAndLease(
    keys: readonly string[],
    { token, leaseMs, count }: LeaseRequest,
  ): Promise<LeasedValues> {
    const now = this.#clock.now();
    const values = this.#bytesAt(keys, now);
    const leased = values.slice(0, count).map((bytes, i) => {
      if (!bytes)
        this.#acquireOne(
          { key: keys[i] as string, token, leaseMs, seenId: null, force: false },
          now,
        );
      return !bytes;
    });
    return { values, leased };
  }

  async renew(requests: readonly RenewRequest[]): Promise<boolean[]> {
    const now = this.#clock.now();
    return requests.map(({ key, ...request }) => {
      const next = renewKey(this.#stateAt(key, now), request, now);
      if (next) this.#put(key, next.bytes, next.expiresAt);
      return next !== null;
    });
  }

  async write(requests: readonly WriteRequest[]): Promise<boolean[]> {
    const now = this.#clock.now();
    return requests.map(({ key, token, bytes, ttlMs, versionKeys }) => {
      for (const versionKey of versionKeys) this.#extendVersion(versionKey, now, now + ttlMs);
      const state = this.#stateAt(key, now);
      if (!state || !holdsLease(state, token)) return false;
      return this.#put(key, bytes, now + ttlMs);
    });
  }

  async release(requests: readonly ReleaseRequest[]): Promise<void> {
    const now = this.#clock.now();
    for (const { key, token } of requests) {
      const next = releaseKey(this.#stateAt(key, now), token);
      if (next === "nothing") this.#store.delete(key);
      else if (next) this.#put(key, next.bytes, next.expiresAt);
    }
  }

  async delete(keys: readonly string[]): Promise<void> {
    const now = this.#clock.now();
    for (const key of keys) if (!isHeld(this.#stateAt(key, now), now)) this.#store.delete(key);
  }

  async holdKeys(requests: readonly HoldRequest[]): Promise<boolean[]> {
    const now = this.#clock.now();
    return requests.map(({ key, ...request }) => {
      const { isRenewed, next } = holdKey(this.#stateAt(key, now), request, now);
      this.#put(key, next.bytes, next.expiresAt);
      return isRenewed;
    });
  }

  async endHolds(requests: readonly ReleaseRequest[]): Promise<boolean[]> {
    const now = this.#clock.now();
    return requests.map(({ key, token }) => {
      const { isEnded, next } = endHold(this.#stateAt(key, now), token, now);
      if (next === "nothing") this.#store.delete(key);
      else if (next) this.#put(key, next.bytes, next.expiresAt);
      return isEnded;
    });
  }

  async ensureVersions(requests: readonly VersionRequest[]): Promise<(string | null)[]> {
    const now = this.#clock.now();
    return requests.map(({ key, ttlMs }) => {
      const known = this.#extendVersion(key, now, now + ttlMs);
      if (known) return known.toString("latin1");
      if (isHeld(this.#stateAt(key, now), now)) return null;
      const version = randomId();
      this.#put(key, Buffer.from(version, "latin1"), now + ttlMs);
      return version;
    });
  }

  async time(): Promise<number> {
    return this.#clock.now();
  }

  #acquireOne(request: AcquireRequest, now: number): AcquireResult {
    const { result, next } = acquireKey(this.#stateAt(request.key, now), request, now);
    if (next) this.#put(request.key, next.bytes, next.expiresAt);
    return result;
  }

  /**
   * Stores the bytes. Returns false for bytes that are larger than the whole cache may be. Nothing
   * is kept then, not even the previous bytes.
   */
  #put(key: string, bytes: Buffer | string, expiresAt: number): boolean {
    return this.#store.set(key, toStored(bytes), expiresAt);
  }

  #bytesAt(keys: readonly string[], now: number): Values {
    return keys.map((key) => {
      const place = this.#find(key, now);
      return place === 0 ? null : this.#store.bytesAt(place);
    });
  }

  /** Returns the place of the key in the store, or 0. An entry expires at its end exactly. */
  #find(key: string, now: number): number {
    const place = this.#store.find(key);
    if (place === 0 || this.#store.endOf(place) > now) return place;
    this.#store.delete(key);
    return 0;
  }

  #stateAt(key: string, now: number): KeyState | null {
    const place = this.#find(key, now);
    return place === 0
      ? null
      : { bytes: this.#store.bytesAt(place), expiresAt: this.#store.endOf(place) };
  }

  /**
   * Makes the version at the key last longer, and returns it. A value that is not a version, such
   * as a hold, has an end of its own and is left as it is.
   */
  #extendVersion(key: string, now: number, expiresAt: number): Buffer | null {
    const place = this.#find(key, now);
    const bytes = place === 0 ? null : this.#store.bytesAt(place);
    if (bytes?.length !== idLength) return null;
    if (this.#store.endOf(place) < expiresAt) this.#store.extend(place, expiresAt);
    return bytes;
  }
}

/** The capacity of V8's Map. */
const mostEntries = 2 ** 24;

function resolveMaxEntries(given: number): number {
  const count = resolveCount("maxEntries", given, owner);
  if (count <= mostEntries) return count;
  throw new ConfigError(
    `${owner}"maxEntries" must be at most ${mostEntries}, the capacity of a JavaScript Map, but got: ${count}.`,
  );
}
