import { type Inspector } from "./inspector";

/**
 * An MGET of a few hundred keys is as fast for each key as a longer one, and blocks other commands
 * for less time.
 */
export const mostKeysPerRead = 512;

/**
 * The store of a cache. Keys are complete strings (the backend may add a prefix of its own); values
 * are bytes. Ids, lease tokens and tag versions are 8 bytes, given as texts of as many Latin-1
 * characters. Each method takes at most one round trip, each entry of a request list is carried out
 * atomically, and answers come in request order.
 *
 * A method rejects when the store could not be asked. It never retries and sets no deadline,
 * because `Guard`, in front of it, does that.
 */
export interface Backend {
  /** A word for events and messages: "memory", "redis". */
  readonly name: string;

  /**
   * If false, the store is in this process, where a deadline and a breaker would only cost time.
   */
  readonly remote: boolean;

  /**
   * Returns the bytes at each key, or null if there are none. The options are for backends with a
   * tier; with them, the first key is an entry's and the others are its tags' versions.
   */
  read(keys: readonly string[], options?: ReadOptions): Promise<Values>;

  /**
   * Reads like `read`, and in the same round trip takes the lease on each of the first `count` keys
   * that holds nothing.
   * A backend that can't do both at once leaves this method out.
   */
  readAndLease?(keys: readonly string[], request: LeaseRequest): Promise<LeasedValues>;

  /**
   * Returns what this process has of the key, so that nothing has to be awaited, or null if it has
   * nothing.
   * A backend that never has anything leaves this method out.
   */
  peek?(key: string, options?: ReadOptions): LocalBytes | null;

  /**
   * Keeps a memo beside the bytes at the key, which then use that much more of the backend's
   * memory.
   */
  setMemo?(key: string, memo: unknown, memoBytes: number): void;

  /**
   * How many keys one `read` should name at most. Reads of one tick are merged up to this number.
   * @defaultValue 512
   */
  readonly keysPerRead?: number;

  /**
   * Calls `send`, and sends everything that it writes in one piece. A backend leaves this method
   * out if that makes no difference.
   */
  cork?<Result>(send: () => Result): Result;

  /** Takes the lease on each key, so that `write` with the same token may store there. */
  acquire(requests: readonly AcquireRequest[]): Promise<AcquireResult[]>;

  /** Makes leases last `leaseMs` from now. Returns false if the key has another token, or none. */
  renew(requests: readonly RenewRequest[]): Promise<boolean[]>;

  /**
   * Stores where the lease still exists, and ends the lease. Returns false if it no longer existed,
   * so that nothing was stored.
   */
  write(requests: readonly WriteRequest[]): Promise<boolean[]>;

  /** Gives leases up without storing. An entry at the key stays. */
  release(requests: readonly ReleaseRequest[]): Promise<void>;

  /**
   * Deletes entries and leases together. It is not an error if a key holds nothing. A key that is
   * being written (`holdKeys`) stays as it is, because it has neither and nobody can store there.
   */
  delete(keys: readonly string[], options?: DeleteOptions): Promise<void>;

  /**
   * Returns the version at each tag key. If there is none, or something that isn't a version, a new
   * one is made, stored for `ttlMs` and returned. The answer is null if the key is being written
   * (`holdKeys`).
   */
  ensureVersions(requests: readonly VersionRequest[]): Promise<(string | null)[]>;

  /**
   * Marks keys as being written: deletes what is stored there. Until the last hold has ended or run
   * out, `acquire` answers "held", `ensureVersions` answers null, and nothing is stored there. If
   * the token is used again, its hold lasts `leaseMs` from now. Returns true where a hold with this
   * token existed, and false where there was none any more. A backend that has no holds leaves out
   * this method and `endHolds`.
   */
  holdKeys?(requests: readonly HoldRequest[]): Promise<boolean[]>;

  /**
   * Ends the holds with these tokens, and deletes what is stored at the keys unless others hold
   * them. The answer is false if there was no such hold, because it has run out; what is stored
   * there is deleted all the same.
   */
  endHolds?(requests: readonly ReleaseRequest[]): Promise<boolean[]>;

  /** Returns milliseconds since the epoch by the clock that all processes on this store share. */
  time(): Promise<number>;

  /**
   * Returns what Studio looks through, the same object each time. If it is null, or the method is
   * left out, the backend can't be inspected.
   */
  inspector?(): Inspector | null;

  /** Closes what the backend itself has opened, but not a client that it was given. */
  close?(): void | Promise<void>;
}

/** The bytes at some keys, in their order. They are null if there are none. */
export type Values = readonly (Buffer | null)[];

/** The leases that a read should take: those on the first `count` of its keys. */
export interface LeaseRequest {
  readonly token: string;
  /** The same as in an `AcquireRequest`. */
  readonly leaseMs: number;
  readonly count: number;
}

export interface LeasedValues {
  readonly values: Values;
  /**
   * For each of the first `count` keys, whether its lease was taken, because the key held nothing.
   */
  readonly leased: readonly boolean[];
}

/** Bytes that a backend holds in this process. */
export interface LocalBytes {
  readonly bytes: Buffer;
  /** A memo of the reader, which is dropped with the bytes. */
  memo: unknown;
}

export interface ReadOptions {
  /**
   * Bytes that were read this long ago and kept in this process are acceptable unless they were
   * invalidated.
   */
  readonly memoryMs: number;
}

export interface DeleteOptions {
  /** A key is deleted only after those before it are deleted. */
  readonly inOrder: boolean;
}

export interface AcquireRequest {
  readonly key: string;
  /** Chosen at random by the caller. */
  readonly token: string;
  /** How long the lease lasts without being renewed, in milliseconds by the store's clock. */
  readonly leaseMs: number;
  /**
   * The id of the unusable entry that the caller has read, or null if the key held nothing with an
   * id. If an entry with another id is stored there at this point, it is returned instead of a
   * lease.
   */
  readonly seenId: string | null;
  /** Takes the lease whatever is stored there: another's lease, a newer entry, foreign bytes. */
  readonly force: boolean;
}

export type AcquireResult =
  | { readonly status: "acquired" }
  /** Another caller's lease is live. */
  | { readonly status: "busy" }
  /** The key is being written. Nobody may store there, not even with `force`. */
  | { readonly status: "held" }
  /** Another entry was stored after the caller's read. These are its bytes. */
  | { readonly status: "changed"; readonly bytes: Buffer };

export interface RenewRequest {
  readonly key: string;
  readonly token: string;
  readonly leaseMs: number;
}

export interface HoldRequest {
  readonly key: string;
  /** Chosen at random by the holder. */
  readonly token: string;
  /** How long the hold lasts without being renewed, in milliseconds by the store's clock. */
  readonly leaseMs: number;
}

export interface WriteRequest {
  readonly key: string;
  readonly token: string;
  /**
   * The key was read as empty before the lease was taken, so that it most likely holds nothing
   * else.
   */
  readonly leaseOnly?: boolean;
  /**
   * The stored form made by `entry.ts`: a plain payload, or a header and a payload. Text is stored
   * in UTF-8.
   */
  readonly bytes: Buffer | string;
  /** Whole milliseconds, at least 1. */
  readonly ttlMs: number;
  /** Tag keys whose versions must last at least as long as this entry. */
  readonly versionKeys: readonly string[];
}

export interface ReleaseRequest {
  readonly key: string;
  readonly token: string;
  /**
   * The key was read as empty before the lease was taken, so that it most likely holds nothing
   * else.
   */
  readonly leaseOnly?: boolean;
}

export interface VersionRequest {
  readonly key: string;
  /**
   * 8 random characters to make a version from. A request that is carried out twice must not make
   * the same version: clients resend what a broken connection left unanswered, and a version
   * deleted in between would come back with its entries.
   */
  readonly seed: string;
  readonly ttlMs: number;
}
