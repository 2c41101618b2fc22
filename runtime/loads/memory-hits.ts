/**
 * Hits that need no waiting. If the backend has the bytes of an entry and of its tags' versions in
 * this process, the value is returned without a read. An entry that is read repeatedly is kept
 * decoded.
 */
import { type LocalBytes } from "../backends/backend";
import { type Codec } from "../codecs/codec";
import { isOfPlainData } from "../codecs/built-in-codecs";
import { type Copies, type CopySource, createCopies } from "../codecs/copies";
import { Entry, parseStored } from "../entry/entry";
import { type BoundPlan } from "./bound-plan";
import { asVersion, recordServed, noVersions, serve } from "./judge";
import { SharedResult, unshareable } from "./shared-results";

/** What `peek` returns if there is no such value. */
export const notAtHand = Symbol("not at hand");

/**
 * Returns the value of a hit that needs no waiting, because the backend has all of it in this
 * process and only tags decide whether it is current. Otherwise it returns `notAtHand`, and the
 * entry has to be looked up.
 */
export function peek(bound: BoundPlan, key: string, versionKeys: readonly string[]): unknown {
  const { cache, plan } = bound;
  if (plan.resultTags) return notAtHand;
  const held = cache.peek(key, bound.reading);
  if (!held) return notAtHand;
  const { memo } = held;
  if (bound.share && memo instanceof SharedResult && memo.codec === bound.codec) {
    const { tagged } = memo;
    if (!memo.isTimeless) return notAtHand;
    if (tagged ? !isCurrentAtHand(bound, tagged, versionKeys) : versionKeys.length > 0)
      return notAtHand;
    recordServed(bound, key, memo.payloadBytes, "hit");
    return memo.value;
  }
  if (memo instanceof Decoded && memo.codec === bound.codec) {
    const { tagged, record } = memo;
    if (tagged ? !isCurrentAtHand(bound, tagged, versionKeys) : versionKeys.length > 0)
      return notAtHand;
    recordServed(bound, key, memo.payloadBytes, "hit");
    return record === null ? memo.source.copy() : { ...record };
  }
  const entry = parseStored(held.bytes);
  if (!(entry instanceof Entry) || entry.times || entry.resultTags.length > 0) return notAtHand;
  if (!isCurrentAtHand(bound, entry, versionKeys)) return notAtHand;
  try {
    const value = serve(bound, key, entry, "hit");
    if (memo === null && !bound.share) held.memo = readOnce;
    else if (memo === readOnce || memo === unshareable) keepDecoded(bound, key, entry, held);
    return value;
  } catch {
    // It is reported where the entry is looked up.
    return notAtHand;
  }
}

/** The memo of bytes that were decoded once. The next time, it is worth keeping the value. */
const readOnce = Symbol("read once");

/**
 * The memo of bytes that are read repeatedly: an entry of which only tags decide whether it is
 * current.
 */
class Decoded {
  readonly payloadBytes: number;
  /** It is null if the entry has no tags. */
  readonly tagged: Entry | null;
  readonly source: CopySource;
  readonly record: Copies["record"];

  constructor(
    readonly codec: Codec,
    entry: Entry,
    { source, record }: Copies,
  ) {
    this.payloadBytes = entry.payload.length;
    this.tagged = entry.versionCount > 0 ? entry.withoutPayload() : null;
    this.source = source;
    this.record = record;
  }
}

/** The memo of bytes that have to be decoded each time. */
const readAnew = Symbol("read anew");

/** What V8 allocates for a `Decoded`, and for the entry in it. */
const plainMemoBytes = 80;
const taggedMemoBytes = 280;

/** Decodes the value once more, because the one that the caller gets must not be kept. */
function keepDecoded(
  { codec, cache }: BoundPlan,
  key: string,
  entry: Entry,
  held: LocalBytes,
): void {
  held.memo = readAnew;
  // The values of other codecs may be more than their data.
  const copies = isOfPlainData(codec) ? createCopies(codec.decode(entry.payload)) : null;
  if (!copies) return;
  const memoBytes = copies.bytes + (entry.versionCount > 0 ? taggedMemoBytes : plainMemoBytes);
  cache.setMemo(key, new Decoded(codec, entry, copies), memoBytes);
}

/**
 * Judges the entry by the versions that are in this process. If one of them isn't, the entry is not
 * current.
 */
function isCurrentAtHand(
  { cache, reading }: BoundPlan,
  entry: Entry,
  versionKeys: readonly string[],
): boolean {
  if (versionKeys.length === 0) return entry.isCurrent(noVersions);
  return entry.isCurrent(versionKeys.map((key) => asVersion(cache.peek(key, reading)?.bytes)));
}
