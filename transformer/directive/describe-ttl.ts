import { formatDuration } from "../../runtime/duration";
import { type DirectiveOptions } from "./resolve-options";

/** Returns the ttl in words, or null if the directive has none. */
export function describeTtl({ ttlMs, ttlOfResult }: DirectiveOptions): string | null {
  if (ttlOfResult) return ttlOfResult.text;
  return ttlMs === null ? null : formatDuration(ttlMs);
}
