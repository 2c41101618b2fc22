/** An MGET of a few hundred keys is as fast for each key as a longer one, and holds up others for less long. */
export const mostKeysPerRead = 512;

/**
 * What a store must do to carry zcache. Keys are complete strings (the backend may add
 * a prefix of its own); values are bytes. Ids, lease tokens and tag versions are 8 bytes,
 * given as texts of as many Latin-1 characters. Each method is at most one round trip, each
 * entry of a request list is carried out atomically, and answers come in request order.
 *
 * A method rejects when the store could not be asked. It never retries and sets no
 * deadline: `Guard` does that, in front of it.
 */
export interface Backend {
  /** A word for events and messages: "memory", "redis". */
  readonly name: string;

  /** False: the store is in this process, so that a deadline and a breaker would only cost time. */
  readonly remote: boolean;

  /**
   * The bytes at each key, null where there are none. The options are for backends with a
   * tier; with them, the first key is an entry's and the others are its tags' versions.
   */
  read(keys: readonly string[], options?: ReadOptions): Promise<Values>;

  /**
   * `read`, which in the same round trip takes the lease on each of the first `count` keys that holds nothing.
   * A backend that can't do both at once leaves this out.
   */
  readAndLease?(keys: readonly string[], request: LeaseRequest): Promise<LeasedValues>;

  /**
   * What this process has of the key, so that nobody has to wait; null where it has nothing.
   * A backend that never has anything leaves this out.
   */
  glance?(key: string, options?: ReadOptions): Held | null;

  /** Puts a note beside the bytes at the key, which then take so much more of the memory that is set aside. */
  annotate?(key: string, note: unknown, noteBytes: number): void;

  /**
   * How many keys one `read` may best name. Reads of one tick are merged up to this.
   * @defaultValue 512
   */
  readonly keysPerRead?: number;

  /** Calls `send`, and makes what is sent within go out in one piece. Left out where that makes no difference. */
  together?<Result>(send: () => Result): Result;

  /** Takes the lease on each key, so that `write` with the same token may store there. */
  acquire(requests: readonly AcquireRequest[]): Promise<AcquireResult[]>;

  /** Makes leases last `leaseMs` from now. False where another token, or none, stands at the key. */
  renew(requests: readonly RenewRequest[]): Promise<boolean[]>;

  /** Stores where the lease still stands, and ends it. False: it no longer stood, nothing was stored. */
  write(requests: readonly WriteRequest[]): Promise<boolean[]>;

  /** Gives leases up without storing; an entry that the key holds stays. */
  release(requests: readonly ReleaseRequest[]): Promise<void>;

  /**
   * Ends entries and leases together. Keys that hold nothing are no error. A key that is being written (`holdKeys`) stays
   * as it is: it has neither, and nobody can store there.
   */
  delete(keys: readonly string[], options?: DeleteOptions): Promise<void>;

  /**
   * The version that stands at each tag key; where none does, or something that isn't one,
   * a new one is made, stored for `ttlMs` and returned. Null where the key is being written (`holdKeys`).
   */
  ensureVersions(requests: readonly VersionRequest[]): Promise<(string | null)[]>;

  /**
   * Marks keys as being written: ends what stands there, and until the last hold has ended or run out `acquire` answers
   * "held", `ensureVersions` null, and nothing is stored there. With the same token again a hold lasts `leaseMs` from now.
   * False where no hold with this token stood any more, true where one did.
   * A backend that has no holds leaves out this method and `endHolds`.
   */
  holdKeys?(requests: readonly HoldRequest[]): Promise<boolean[]>;

  /**
   * Ends the holds with these tokens, and what stands at the keys unless others hold them. False where there was no such
   * hold, because it has run out; what stands there ends all the same.
   */
  endHolds?(requests: readonly ReleaseRequest[]): Promise<boolean[]>;

  /** Milliseconds since the epoch by the clock that all processes on this store share. */
  time(): Promise<number>;

  /** Ends what the backend itself has opened: not a client that it was given. */
  close?(): void | Promise<void>;
}

/** The bytes at some keys, in their order; null where there are none. */
export type Values = readonly (Buffer | null)[];

/** What a read is to take leases for: the first `count` of its keys. */
export interface LeaseRequest {
  readonly token: string;
  /** As of an `AcquireRequest`. */
  readonly leaseMs: number;
  readonly count: number;
}

export interface LeasedValues {
  readonly values: Values;
  /** Whether the lease on each of the first `count` keys was taken; nothing stood there then. */
  readonly leased: readonly boolean[];
}

/** Bytes that a backend holds in this process. */
export interface Held {
  readonly bytes: Buffer;
  /** What a reader has left here; gone when the bytes are. */
  note: unknown;
}

export interface ReadOptions {
  /** What was read this long ago, and kept in this process, will do unless it was invalidated. */
  readonly memoryMs: number;
}

export interface DeleteOptions {
  /** None of the keys ends before those in front of it have ended. */
  readonly inOrder: boolean;
}

export interface AcquireRequest {
  readonly key: string;
  /** Chosen at random by the caller. */
  readonly token: string;
  /** How long the lease lasts without being renewed, in milliseconds by the store's clock. */
  readonly leaseMs: number;
  /**
   * The id of the entry that the caller read and found wanting; null if the
   * key held nothing it could read an id from. When an entry with another id stands
   * there by now, it is returned instead of a lease.
   */
  readonly seenId: string | null;
  /** Take the lease whatever stands there: another's lease, a newer entry, foreign bytes. */
  readonly force: boolean;
}

export type AcquireResult =
  | { readonly status: "acquired" }
  /** Another caller's lease is live. */
  | { readonly status: "busy" }
  /** The key is being written. Nobody may store there, whatever is forced. */
  | { readonly status: "held" }
  /** Another entry has come since the caller read: these are its bytes. */
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
  /** The lease was taken by `readAndLease`: nothing but it stands at the key. */
  readonly alone?: boolean;
  /** The stored form made by `entry.ts`: a plain payload, or a header and a payload. Text is stored in UTF-8. */
  readonly bytes: Buffer | string;
  /** Whole milliseconds, at least 1. */
  readonly ttlMs: number;
  /** Tag keys whose versions must last at least as long as this entry. */
  readonly versionKeys: readonly string[];
}

export interface ReleaseRequest {
  readonly key: string;
  readonly token: string;
}

export interface VersionRequest {
  readonly key: string;
  /**
   * 8 random characters to make a version from. A request that is carried out
   * twice must not make the same one: clients resend what a broken connection left
   * unanswered, and a version deleted in between would come back with its entries.
   */
  readonly seed: string;
  readonly ttlMs: number;
}
