import { bookFiles } from "./book-files.js";

export type StatsKind = "language" | "publisher";

// Nothing invalidates it, because a count may be half a minute late.
// @zcache key: "stats:{kind}", ttl: 30s
export async function countBooks(kind: StatsKind): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for await (const book of bookFiles.all()) counts[book[kind]] = (counts[book[kind]] ?? 0) + 1;
  return counts;
}
