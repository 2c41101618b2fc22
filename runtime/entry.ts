/**
 * The stored bytes of an entry, and the judgement of them. Pure: no clock, no I/O.
 *
 * An entry that needs no judging is its payload alone. Otherwise a header precedes it:
 *
 * | offset | bytes | what                                                            |
 * |--------|-------|-----------------------------------------------------------------|
 * | 0      | 4     | magic and format version: 00 7A 63 01                           |
 * | 4      | 8     | id, random, new with every write                                |
 * | 12     | 8     | lease token, zeros when there is no lease                       |
 * | 20     | 13    | end of the lease, milliseconds by the store's clock, in digits  |
 * | 33     | 1     | flags, see below                                                |
 * | 34     | 2     | number of tag versions, big-endian                              |
 * | 36     | 8 × n | the tag versions that were read before the loader ran           |
 *
 * | flag | meaning                                                                            |
 * |------|------------------------------------------------------------------------------------|
 * | 1    | a payload follows; else the key holds only a lease                                 |
 * | 2    | times precede it: the end of freshness (8 bytes, a double, milliseconds by the     |
 * |      | store's clock), how long the loader took (4 bytes, milliseconds)                   |
 * | 4    | result tags precede it: their number (2 bytes), then of each the version (8        |
 * |      | bytes), the length of its name (2 bytes) and the name in UTF-8                     |
 *
 * The lease has a fixed place so that the store can set it without reading the payload. One that stands alone, in a
 * key that ends with it, has nines for its end.
 */

export const magic = Buffer.from([0x00, 0x7a, 0x63, 0x01]);
export const idLength = 8;
export const idOffset = 4;
export const leaseTokenOffset = 12;
export const leaseEndOffset = 20;
export const leaseEndDigits = 13;
/** The end of a lease that ends when its key does. */
export const endOfKey = "9".repeat(leaseEndDigits);
export const flagsOffset = 33;
export const versionCountOffset = 34;
export const versionsOffset = 36;

export const hasPayload = 1;
export const hasTimes = 2;
export const hasResultTags = 4;
export const allFlags = hasPayload | hasTimes | hasResultTags;

export const timesLength = 12;
const longestLoadMs = 0xffffffff;
const nothing = Buffer.alloc(0);

/** When an entry was made, for those that are judged by it. */
export interface Times {
  /** The end of freshness, milliseconds by the store's clock. */
  readonly freshUntil: number;
  /** How long the loader took. */
  readonly loadMs: number;
}

/** A tag whose name is known only from the result. */
export interface ResultTag {
  readonly name: string;
  readonly version: Buffer;
}

/** What an entry is judged by. */
export interface Terms {
  /** Of the tags over the arguments, in the order of the directive. */
  readonly versions: readonly Buffer[];
  readonly times: Times | null;
  readonly resultTags: readonly ResultTag[];
}

/** What the bytes at a key say. */
export interface Entry extends Terms {
  /** Null for a plain entry, which has no header to carry one. */
  readonly id: Buffer | null;
  readonly payload: Buffer;
}

/** A key that holds a lease but no payload, as an id for `acquire`. */
export interface LeaseOnly {
  readonly id: Buffer;
  readonly payload: null;
}

export type Stored = Entry | LeaseOnly | "unreadable";

/** Valid as long as it is there. */
export const noTerms: Terms = { versions: [], times: null, resultTags: [] };

/** The stored form of a payload: as it is where that is unambiguous, else behind a header. */
export function createStored(id: Buffer, terms: Terms, payload: Buffer): Buffer {
  const { versions, times, resultTags } = terms;
  const plain = versions.length === 0 && !times && resultTags.length === 0;
  if (plain && payload.length > 0 && !startsWithMagicPrefix(payload)) return payload;
  const flags = hasPayload | (times ? hasTimes : 0) | (resultTags.length > 0 ? hasResultTags : 0);
  const parts = [createHeader(id, flags, versions), times ? writeTimes(times) : nothing];
  return Buffer.concat([...parts, ...writeResultTags(resultTags), payload]);
}

/** A header without a lease. */
export function createHeader(id: Buffer, flags: number, versions: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(versionsOffset + versions.length * idLength);
  magic.copy(header, 0);
  id.copy(header, idOffset);
  header.fill("0", leaseEndOffset, leaseEndOffset + leaseEndDigits, "latin1");
  header[flagsOffset] = flags;
  header.writeUInt16BE(versions.length, versionCountOffset);
  versions.forEach((version, i) => version.copy(header, versionsOffset + i * idLength));
  return header;
}

/** A copy with a lease in it. @param end 13 digits */
export function withLease(bytes: Buffer, token: Buffer, end: string): Buffer {
  const copy = Buffer.allocUnsafeSlow(Math.max(bytes.length, versionsOffset));
  bytes.copy(copy);
  token.copy(copy, leaseTokenOffset);
  copy.write(end, leaseEndOffset, "latin1");
  return copy;
}

function writeTimes({ freshUntil, loadMs }: Times): Buffer {
  const bytes = Buffer.alloc(timesLength);
  bytes.writeDoubleBE(freshUntil, 0);
  bytes.writeUInt32BE(Math.min(Math.max(Math.round(loadMs), 0), longestLoadMs), 8);
  return bytes;
}

function writeResultTags(tags: readonly ResultTag[]): Buffer[] {
  if (tags.length === 0) return [];
  return [
    writeUInt16(tags.length),
    ...tags.flatMap(({ name, version }) => {
      const text = Buffer.from(name);
      return [version, writeUInt16(text.length), text];
    }),
  ];
}

function writeUInt16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

export function parseStored(bytes: Buffer): Stored {
  // A payload that starts like a header is never stored plain.
  if (!startsWithMagicPrefix(bytes)) {
    // Written out, for a spread takes longer than all the rest of a hit's parsing.
    return { id: null, versions: noTerms.versions, times: null, resultTags: noTerms.resultTags, payload: bytes };
  }
  if (bytes[3] !== magic[3] || bytes.length < versionsOffset) return "unreadable";
  const flags = bytes[flagsOffset] as number;
  if ((flags & ~allFlags) !== 0) return "unreadable";
  const id = bytes.subarray(idOffset, idOffset + idLength);
  if ((flags & hasPayload) === 0) return { id, payload: null };
  const reader = new Reader(bytes);
  const versions = reader.versions(bytes.readUInt16BE(versionCountOffset));
  const times = flags & hasTimes ? reader.times() : null;
  const resultTags = flags & hasResultTags ? reader.resultTags() : [];
  if (reader.at > bytes.length) return "unreadable";
  return { id, versions, times, resultTags, payload: bytes.subarray(reader.at) };
}

/** Goes through what stands before a payload. Beyond the end it finds zeros, and `at` shows it. */
class Reader {
  at = versionsOffset;

  constructor(private readonly bytes: Buffer) {}

  versions(count: number): readonly Buffer[] {
    const versions: Buffer[] = [];
    for (let i = 0; i < count; i++) versions.push(this.#take(idLength));
    return versions;
  }

  times(): Times {
    const bytes = this.#take(timesLength);
    if (bytes.length < timesLength) return { freshUntil: 0, loadMs: 0 };
    return { freshUntil: bytes.readDoubleBE(0), loadMs: bytes.readUInt32BE(8) };
  }

  resultTags(): ResultTag[] {
    const tags: ResultTag[] = [];
    for (let left = this.#uint16(); left > 0; left--) {
      const version = this.#take(idLength);
      tags.push({ version, name: this.#take(this.#uint16()).toString() });
    }
    return tags;
  }

  #uint16(): number {
    const bytes = this.#take(2);
    return bytes.length < 2 ? 0 : bytes.readUInt16BE(0);
  }

  #take(length: number): Buffer {
    const part = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return part;
  }
}

/** Valid only while its versions are those that stand now; a missing one makes it dead. */
export function isCurrent(carried: readonly Buffer[], standing: readonly (Buffer | null)[]): boolean {
  if (carried.length !== standing.length) return false;
  for (let i = 0; i < standing.length; i++) {
    const version = standing[i];
    if (!version || !version.equals(carried[i] as Buffer)) return false;
  }
  return true;
}

/** The magic without its format version: a newer format is unreadable, not foreign. */
function startsWithMagicPrefix(bytes: Buffer): boolean {
  return bytes[0] === magic[0] && bytes[1] === magic[1] && bytes[2] === magic[2];
}
