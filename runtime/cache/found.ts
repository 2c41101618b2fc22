/** The right to store at a key, for as long as nobody has ended or taken it. */
export interface Lease {
  readonly key: string;
  readonly token: string;
  /** It was taken with the read that found nothing at the key. */
  readonly alone?: boolean;
}

/** A key to read, and the tags that its entry must agree with. */
export class Wanted {
  constructor(
    readonly key: string,
    /** The arguments as templates see them: in a batch they begin with one id. */
    readonly args: ArrayLike<unknown>,
    readonly versionKeys: readonly string[],
    /** Among all that its call wants. */
    readonly place = 0,
  ) {}
}

/** What was found at a key that holds nothing usable, and what is needed to load it. */
export class Missing {
  constructor(
    readonly wanted: Wanted,
    /** The tags' versions as they were read; null where one is missing. */
    readonly versions: readonly (Buffer | null)[],
    readonly seenId: string | null,
    /** What stands at the key is of no use to this function, and has no id: take its place. */
    readonly force: boolean,
    /** The backend could not be read, so that nothing can be stored either. */
    readonly outage: boolean,
  ) {}

  /** The right to store, where it was taken with the read. */
  lease: Lease | null = null;
}

/** A value to be returned. One that is outdated is to be loaded again meanwhile. */
export class Hit {
  constructor(
    readonly value: unknown,
    readonly outdated: Missing | null,
  ) {}
}

export type Found = Hit | Missing;

/** What will do: an entry that may be served now, or any that is better than the loader's error. */
export type Standard = "served" | "spare";
