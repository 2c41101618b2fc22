import { formatDuration } from "../../runtime/duration";
import { type DirectiveOptions } from "./resolve-options";

/** Null: the directive names none. */
export function describeTtl({ ttlMs, ttlOfResult }: DirectiveOptions): string | null {
  if (ttlOfResult) return ttlOfResult.text;
  return ttlMs === null ? null : formatDuration(ttlMs);
}
