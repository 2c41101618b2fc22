/**
 * Hits that need no waiting. Where the backend holds the bytes of an entry and of its tags' versions in this process, the
 * value is returned without a read, and an entry that is read again and again is kept decoded.
 */
import { type Held } from "../backends/backend";
import { type Codec } from "../codecs/codec";
import { isOfPlainData } from "../codecs/built-in-codecs";
import { type Copies, type CopySource, createCopies } from "../codecs/copies";
import { Entry, parseStored } from "../entry/entry";
import { type BoundPlan } from "./bound-plan";
import { asVersion, noteServed, noVersions, serve } from "./judge";
import { SharedResult, unshareable } from "./shared-results";

/** The answer of `glance` where there is none. */
export const notAtHand = Symbol("not at hand");

/**
 * The value of a hit that needs no waiting, for the backend has all of it in this process
 * and nothing but tags to judge it by. Else: look it up.
 */
export function glance(bound: BoundPlan, key: string, versionKeys: readonly string[]): unknown {
  const { cache, plan } = bound;
  if (plan.resultTags) return notAtHand;
  const held = cache.glance(key, bound.reading);
  if (!held) return notAtHand;
  const { note } = held;
  if (bound.share && note instanceof SharedResult && note.codec === bound.codec) {
    const { tagged } = note;
    if (!note.isTimeless) return notAtHand;
    if (tagged ? !isCurrentAtHand(bound, tagged, versionKeys) : versionKeys.length > 0) return notAtHand;
    noteServed(bound, key, note.payloadBytes, "hit");
    return note.value;
  }
  if (note instanceof Decoded && note.codec === bound.codec) {
    const { tagged, record } = note;
    if (tagged ? !isCurrentAtHand(bound, tagged, versionKeys) : versionKeys.length > 0) return notAtHand;
    noteServed(bound, key, note.payloadBytes, "hit");
    return record === null ? note.source.copy() : { ...record };
  }
  const entry = parseStored(held.bytes);
  if (!(entry instanceof Entry) || entry.times || entry.resultTags.length > 0) return notAtHand;
  if (!isCurrentAtHand(bound, entry, versionKeys)) return notAtHand;
  try {
    const value = serve(bound, key, entry, "hit");
    if (note === null && !bound.share) held.note = readOnce;
    else if (note === readOnce || note === unshareable) keepDecoded(bound, key, entry, held);
    return value;
  } catch {
    // Told of where it is looked up.
    return notAtHand;
  }
}

/** Left with bytes that were decoded: the next time it pays to keep the value. */
const readOnce = Symbol("read once");

/** Left with bytes that are read again and again: an entry with nothing but tags to judge it by. */
class Decoded {
  readonly payloadBytes: number;
  /** Null: it has no tags. */
  readonly tagged: Entry | null;
  readonly source: CopySource;
  readonly record: Copies["record"];

  constructor(
    readonly codec: Codec,
    entry: Entry,
    { source, record }: Copies,
  ) {
    this.payloadBytes = entry.payload.length;
    this.tagged = entry.versionCount > 0 ? entry : null;
    this.source = source;
    this.record = record;
  }
}

/** Left with bytes that are to be decoded each time. */
const readAnew = Symbol("read anew");

/** What V8 keeps for a `Decoded`, and for the entry in it. */
const plainNoteBytes = 80;
const taggedNoteBytes = 280;

/** The value is decoded once more, for the caller's own must not be kept. */
function keepDecoded({ codec, cache }: BoundPlan, key: string, entry: Entry, held: Held): void {
  held.note = readAnew;
  // What other codecs make may be more than its data.
  const copies = isOfPlainData(codec) ? createCopies(codec.decode(entry.payload)) : null;
  if (!copies) return;
  const noteBytes = copies.bytes + (entry.versionCount > 0 ? taggedNoteBytes : plainNoteBytes);
  cache.annotate(key, new Decoded(codec, entry, copies), noteBytes);
}

/** Judged by the versions that are at hand: one that is not makes the entry dead. */
function isCurrentAtHand({ cache, reading }: BoundPlan, entry: Entry, versionKeys: readonly string[]): boolean {
  if (versionKeys.length === 0) return entry.isCurrent(noVersions);
  return entry.isCurrent(versionKeys.map((key) => asVersion(cache.glance(key, reading)?.bytes)));
}
