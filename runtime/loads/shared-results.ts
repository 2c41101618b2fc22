/**
 * Results that callers can't change (`share: true`): the value is decoded and frozen once, is left
 * beside the bytes in memory, and is handed out as it is.
 */
import { type Codec } from "../codecs/codec";
import { freeze } from "../codecs/freeze";
import { findJoined } from "../codecs/one-decode";
import { type Entry } from "../entry/entry";
import { type BoundPlan } from "./bound-plan";

/** The memo of bytes in memory whose value is shared. */
export class SharedResult {
  /** It is null if the entry has no tags. */
  readonly tagged: Entry | null;
  /** Whether only tags have to be judged before the value is served. */
  readonly isTimeless: boolean;

  constructor(
    readonly codec: Codec,
    readonly value: unknown,
    readonly payloadBytes: number,
    entry: Entry | null,
  ) {
    this.tagged = entry && entry.versionCount > 0 ? entry.withoutPayload() : null;
    this.isTimeless = entry === null || (!entry.times && entry.resultTags.length === 0);
  }
}

/**
 * The memo of bytes whose value can't be frozen. Each caller gets a value of its own, as without
 * `share`.
 */
export const unshareable = Symbol("unshareable");

/** What V8 allocates for a `SharedResult`, and for the entry in it. */
const memoBytes = 80;
const entryBytes = 280;

/**
 * Decodes a payload, or returns the value that memory has of it. Throws what the codec throws.
 * @param entry null if the payload is all that is stored
 */
export function decodeShared(
  bound: BoundPlan,
  key: string,
  payload: Buffer,
  entry: Entry | null,
): unknown {
  const { cache, codec } = bound;
  const held = cache.peek(key, bound.reading);
  const stored = entry?.bytes ?? payload;
  // The bytes may have come from the store, or may be older than those in memory.
  if (!held || !isSame(held.bytes, stored)) return decodeFrozen(codec, stored, payload);
  const { memo } = held;
  if (memo instanceof SharedResult && memo.codec === codec) return memo.value;
  const value = codec.decode(payload);
  // A function that has the same keys and doesn't share has left another memo.
  if (memo !== null) return value;
  const bytes = freeze(value);
  if (bytes === null) held.memo = unshareable;
  else
    cache.setMemo(
      key,
      new SharedResult(codec, value, payload.length, entry),
      bytes + memoBytes + (entry ? entryBytes : 0),
    );
  return value;
}

/** Decodes what memory doesn't have. Callers that have joined one read get one value. */
function decodeFrozen(codec: Codec, bytes: Buffer, payload: Buffer): unknown {
  const joined = findJoined(bytes);
  return joined ? joined.frozen(codec, payload) : codec.decode(payload);
}

function isSame(one: Buffer, other: Buffer): boolean {
  return one === other || one.equals(other);
}
