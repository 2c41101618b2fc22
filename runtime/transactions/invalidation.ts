import { type Cache } from "../cache/cache";

/** What a program invalidates in one cache: entries by their keys, or a tag. */
export interface Invalidation {
  readonly cache: Cache;
  /** The fence of the tag, which is deleted before `keys`. */
  readonly fences: readonly string[];
  /** The keys of entries, or the key of the tag's version. */
  readonly keys: readonly string[];
  /** Carries out this invalidation by itself. */
  readonly carryOut: () => Promise<void>;
  /** Counts the invalidation and notifies listeners, after it has been carried out. */
  readonly report: () => void;
}

export function namesIn({ fences, keys }: Invalidation): readonly string[] {
  return [...fences, ...keys];
}
