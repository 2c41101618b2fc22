import { createHash } from "node:crypto";
import { BoundedMap } from "./bounded-map";
import { type MissReport } from "./report";

/** What this process has seen of one key. */
interface KeyMemory {
  storedAt: number;
  ttlMs: number;
  /** A digest of what was stored. */
  digest: string;
  /** When this process invalidated it after it was stored. */
  invalidatedAt: number | null;
}

const mostKeys = 10_000;
const mostTags = 2_000;
/** If keys are longer, fewer of them are remembered. */
const longestKey = 1_024;

/**
 * What this process has seen happen to keys and tags of one cache. It is bounded, and is lost when
 * the process ends.
 */
export class KeyHistory {
  readonly #keys = new BoundedMap<KeyMemory>(mostKeys);
  readonly #tags = new BoundedMap<number>(mostTags);

  /** Returns whether the same bytes were stored the last time, or null if that isn't known. */
  stored(
    key: string,
    payload: Buffer | string,
    ttlMs: number,
    at: number,
  ): "same" | "changed" | null {
    if (key.length > longestKey) return null;
    const digest = createHash("sha1").update(payload).digest("base64");
    const last = this.#keys.get(key);
    this.#keys.set(key, { storedAt: at, ttlMs, digest, invalidatedAt: null });
    if (!last) return null;
    return last.digest === digest ? "same" : "changed";
  }

  invalidatedKey(key: string, at: number): void {
    const known = this.#keys.get(key);
    if (known) known.invalidatedAt = at;
    else if (key.length <= longestKey)
      this.#keys.set(key, { storedAt: -Infinity, ttlMs: 0, digest: "", invalidatedAt: at });
  }

  invalidatedTag(tag: string, at: number): void {
    if (tag.length <= longestKey) this.#tags.set(tag, at);
  }

  /** Returns how long ago this process stored what is at the key, or null if it doesn't know. */
  age(key: string, at: number): number | null {
    const known = this.#keys.get(key);
    return known && known.invalidatedAt === null && known.storedAt !== -Infinity
      ? at - known.storedAt
      : null;
  }

  /** Says in words what this process knows about why the key was missing. */
  explain({ key, reason, tag, at }: Omit<MissReport, "detail">): string | null {
    switch (reason) {
      case "tag":
        return tag === null
          ? "everything was invalidated, or the directive had other tags"
          : this.#explainTag(tag, at);
      case "absent":
        return this.#explainAbsent(key, at);
      case "expired":
        return this.#explainAge(key, at);
      case "leased":
        return "another caller or process is loading it";
      case "held":
        return "a transaction that is under way is writing it";
      default:
        return null;
    }
  }

  #explainTag(tag: string, at: number): string {
    const ended = this.#tags.get(tag);
    if (ended !== undefined)
      return `this process invalidated the tag ${inWords(at - ended)} before`;
    return "another process invalidated the tag, or the store has lost its version";
  }

  #explainAbsent(key: string, at: number): string {
    const known = this.#keys.get(key);
    if (!known) return "this process has not stored it, as far as it remembers";
    const { storedAt, ttlMs, invalidatedAt } = known;
    if (invalidatedAt !== null)
      return `this process invalidated it ${inWords(at - invalidatedAt)} before`;
    if (at >= storedAt + ttlMs)
      return `stored ${inWords(at - storedAt)} before for ${inWords(ttlMs)}: its time to live had ended`;
    return `stored ${inWords(at - storedAt)} before for ${inWords(ttlMs)}: another process invalidated it, or the store evicted it`;
  }

  #explainAge(key: string, at: number): string | null {
    const age = this.age(key, at);
    return age === null ? null : `stored ${inWords(age)} before`;
  }
}

const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
] as const;

/** Returns `"2.1 s"`, `"350 ms"`, `"3 min"`. */
function inWords(ms: number): string {
  for (const [unit, unitMs] of units) {
    const count = ms / unitMs;
    if (count >= 1)
      return `${count >= 10 || unit !== "s" ? Math.round(count) : count.toFixed(1)} ${unit}`;
  }
  return `${Math.max(Math.round(ms), 0)} ms`;
}
