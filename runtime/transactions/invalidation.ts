import { type Cache } from "../cache/cache";

/** What a program asks to be ended in one cache: entries by their keys, or a tag. */
export interface Invalidation {
  readonly cache: Cache;
  /** The fence of the tag, which ends before `keys` do. */
  readonly fences: readonly string[];
  /** The keys of entries, or the key of the tag's version. */
  readonly keys: readonly string[];
  /** Carries out this one alone. */
  readonly carryOut: () => Promise<void>;
  /** Counts it and tells whoever listens, after it has been carried out. */
  readonly tell: () => void;
}

export function namesIn({ fences, keys }: Invalidation): readonly string[] {
  return [...fences, ...keys];
}
