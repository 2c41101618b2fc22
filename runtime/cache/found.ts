/** The right to store at a key, as long as nobody has invalidated or taken it. */
export interface Lease {
  readonly key: string;
  readonly token: string;
  /**
   * The key was read as empty before the lease was taken, so that it most likely holds nothing
   * else.
   */
  readonly leaseOnly?: boolean;
}

/** A key to read, and the tags that its entry must agree with. */
export class Wanted {
  constructor(
    readonly key: string,
    /** The arguments as templates see them: in a batch they begin with one id. */
    readonly args: ArrayLike<unknown>,
    readonly versionKeys: readonly string[],
    /** Its index among all that its call wants. */
    readonly index = 0,
  ) {}
}

/** A key that holds nothing usable, and what is needed to load it. */
export class Missing {
  constructor(
    readonly wanted: Wanted,
    /** The tags' versions as they were read, or null for each that is missing. */
    readonly versions: readonly (Buffer | null)[],
    readonly seenId: string | null,
    /** The key's content is not usable for this function and has no id, so it must be replaced. */
    readonly force: boolean,
    /**
     * The backend could not be read, or a transaction is writing this, so that nothing can be
     * stored.
     */
    readonly unstorable: boolean,
  ) {}

  /** The right to store, if it was taken with the read. */
  lease: Lease | null = null;
}

/** A value to return. An outdated one is reloaded meanwhile. */
export class Hit {
  constructor(
    readonly value: unknown,
    readonly outdated: Missing | null,
  ) {}
}

export type Found = Hit | Missing;

/**
 * Which entries are acceptable: "served" means fresh or stale. "staleIfError" also means
 * entries within that time, which are better than the loader's error.
 */
export type Standard = "served" | "staleIfError";
