/**
 * Encodes and judges the stored bytes of an entry. This module is pure: it has no clock and no I/O.
 * Ids, lease tokens and tag versions are texts of 8 Latin-1 characters, one for each byte.
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
 * | 8    | alone: the key is being written, and holders follow in place of versions: hold.ts  |
 *
 * A lease may last longer than the entry that carries it. Such an entry gets times with the lease,
 * if it has none, so that no reader takes it for a live one.
 *
 * The lease has a fixed place so that the store can set it without reading the payload. A lease
 * without an entry, in a key that expires with it, has nines for its end.
 */

export const magic = "\0zc\x01";
export const idLength = 8;
export const idOffset = 4;
export const leaseTokenOffset = 12;
export const leaseEndOffset = 20;
export const leaseEndDigits = 13;

/**
 * Writes the end of a lease or of a hold, in milliseconds, with as many digits as every end has.
 */
export function endText(ms: number): string {
  return ms.toFixed(0).padStart(leaseEndDigits, "0");
}

/** The end of a lease that expires with its key. */
export const endOfKey = "9".repeat(leaseEndDigits);
export const flagsOffset = 33;
export const versionCountOffset = 34;
export const versionsOffset = 36;

export const hasPayload = 1;
export const hasTimes = 2;
export const hasResultTags = 4;
/** The flags of an entry. */
export const allFlags = hasPayload | hasTimes | hasResultTags;
/** The flag of a key that is being written. It is never combined with another flag. */
export const isHold = 8;

export const timesLength = 12;
/** Replaces the loader's time if the times were added with a lease; they are removed with it. */
export const ofLease = 0xffffffff;
const longestLoadMs = ofLease - 1;
const latestTimeMs = 8.64e15;
const magicCodes = Array.from(magic, (character) => character.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
];

/** The times that an entry is judged by. */
export interface Times {
  /** The end of freshness, in milliseconds by the store's clock. */
  readonly freshUntil: number;
  /** How long the loader took. */
  readonly loadMs: number;
}

/** A tag whose name is known only from the result. */
export interface ResultTag {
  readonly name: string;
  readonly version: string;
}

/** The conditions under which an entry is valid. */
export interface Terms {
  /** The versions of the tags over the arguments, in the order of the directive. */
  readonly versions: readonly string[];
  readonly times: Times | null;
  readonly resultTags: readonly ResultTag[];
}

/** The terms of an entry that is valid as long as it exists. */
export const noTerms: Terms = { versions: [], times: null, resultTags: [] };

/** The holder of the right to store at a key. */
export interface HeaderLease {
  readonly token: string;
  /** The end, in 13 digits. */
  readonly end: string;
}

const noLease: HeaderLease = { token: "\0".repeat(idLength), end: "0".repeat(leaseEndDigits) };

// ---- Writing ----

/**
 * Creates the stored form of a payload: the payload as it is if that is unambiguous, otherwise with
 * a header before it. A payload of text makes text, in UTF-8.
 */
export function createStored(id: string, terms: Terms, payload: Buffer | string): Buffer | string {
  const { versions, times, resultTags } = terms;
  const plain = versions.length === 0 && !times && resultTags.length === 0;
  if (plain && payload.length > 0 && !startsWithMagicPrefix(payload)) return payload;
  const flags = hasPayload | (times ? hasTimes : 0) | (resultTags.length > 0 ? hasResultTags : 0);
  const header =
    createHeader(id, flags, versions) +
    (times ? timesText(times.freshUntil, wholeMs(times.loadMs)) : "") +
    resultTagsText(resultTags);
  if (typeof payload === "string" && isAscii(header)) return header + payload;
  return Buffer.concat([
    Buffer.from(header, "latin1"),
    typeof payload === "string" ? Buffer.from(payload) : payload,
  ]);
}

function wholeMs(loadMs: number): number {
  return Math.min(Math.max(Math.round(loadMs), 0), longestLoadMs);
}

/** Creates a header as Latin-1 text. */
export function createHeader(
  id: string,
  flags: number,
  versions: readonly string[],
  lease = noLease,
): string {
  const count = versions.length;
  const start = magic + id + lease.token + lease.end;
  return start + String.fromCharCode(flags, count >> 8, count & 0xff) + versions.join("");
}

/**
 * Creates, as Latin-1 text, what a key holds that has a lease and nothing else. It depends on the
 * token alone, and a renewal leaves it as it is, so that its holder knows it byte by byte.
 */
export function createLeaseAlone(token: string): string {
  return magic + token + token + leaseRest;
}

const leaseRest = `${endOfKey}\0\0\0`;

/** Returns a copy with a lease in it. */
export function withLease(bytes: Buffer, { token, end } = noLease): Buffer {
  const copy = Buffer.allocUnsafeSlow(Math.max(bytes.length, versionsOffset));
  bytes.copy(copy);
  copy.write(token, leaseTokenOffset, "latin1");
  copy.write(end, leaseEndOffset, "latin1");
  return copy;
}

/**
 * Returns a copy of an entry that states its own end, for a key that a lease makes last longer.
 * Returns null if that is unnecessary, because the entry has times or the bytes are not an entry.
 */
export function withEnd(bytes: Buffer, until: number): Buffer | null {
  const flags = bytes[flagsOffset] as number;
  if ((flags & hasPayload) === 0 || (flags & hasTimes) !== 0) return null;
  const at = versionsOffset + bytes.readUInt16BE(versionCountOffset) * idLength;
  const times = Buffer.from(timesText(until, ofLease), "latin1");
  const ended = Buffer.concat([bytes.subarray(0, at), times, bytes.subarray(at)]);
  ended[flagsOffset] = flags | hasTimes;
  return ended;
}

/** Returns the entry as it was before `withEnd`, and its end, or null if it has no such end. */
export function withoutEnd(
  bytes: Buffer,
): { readonly bytes: Buffer; readonly until: number } | null {
  const entry = parseStored(bytes);
  if (!(entry instanceof Entry) || entry.times?.loadMs !== ofLease) return null;
  const at = versionsOffset + entry.versionCount * idLength;
  const restored = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + timesLength)]);
  restored[flagsOffset] = (restored[flagsOffset] as number) & ~hasTimes;
  return { bytes: restored, until: entry.times.freshUntil };
}

function timesText(freshUntil: number, loadMs: number): string {
  const bytes = Buffer.alloc(timesLength);
  bytes.writeDoubleBE(freshUntil, 0);
  bytes.writeUInt32BE(loadMs, 8);
  return bytes.toString("latin1");
}

function resultTagsText(tags: readonly ResultTag[]): string {
  if (tags.length === 0) return "";
  const texts = tags.map(({ name, version }) => {
    const bytes = Buffer.from(name).toString("latin1");
    return version + uint16Text(bytes.length) + bytes;
  });
  return uint16Text(tags.length) + texts.join("");
}

function uint16Text(value: number): string {
  return String.fromCharCode(value >> 8, value & 0xff);
}

/**
 * Looked up once: if a class extends String, as in ioredis 6, V8 searches for a string's method in
 * each call.
 */
const { charCodeAt } = String.prototype;

/**
 * Whether the text is ASCII. Then its UTF-8 form has the same bytes as its Latin-1 form. It is a
 * loop, because a regular expression takes ten times as long.
 */
export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (charCodeAt.call(text, i) > 0x7f) return false;
  return true;
}

// ---- Reading ----

const noResultTags: readonly ResultTag[] = [];
const noBytes = Buffer.alloc(0);

/** The contents of the bytes at a key. */
export class Entry {
  constructor(
    readonly bytes: Buffer,
    readonly payload: Buffer,
    /** -1 for a plain entry, which has no header. */
    readonly versionCount: number,
    readonly times: Times | null,
    readonly resultTags: readonly ResultTag[],
  ) {}

  /** Returns null for a plain entry, which has no header to carry an id. */
  get id(): string | null {
    return this.versionCount < 0 ? null : idOf(this.bytes);
  }

  /** Returns the versions of the tags over the arguments, as they were before the loader ran. */
  get versions(): readonly string[] {
    const at = (i: number): number => versionsOffset + i * idLength;
    return Array.from({ length: Math.max(this.versionCount, 0) }, (_, i) =>
      this.bytes.toString("latin1", at(i), at(i + 1)),
    );
  }

  /** Returns what is needed to judge the entry by its tags, in memory of its own, for a memo. */
  withoutPayload(): Entry {
    const length = versionsOffset + Math.max(this.versionCount, 0) * idLength;
    const header = Buffer.allocUnsafeSlow(length);
    this.bytes.copy(header, 0, 0, length);
    return new Entry(header, noBytes, this.versionCount, null, noResultTags);
  }

  /** Whether the entry's versions are the current ones. A missing version invalidates the entry. */
  isCurrent(standing: readonly (Buffer | null)[]): boolean {
    if (standing.length !== Math.max(this.versionCount, 0)) return false;
    for (let i = 0; i < standing.length; i++) {
      const version = standing[i];
      if (!version || !hasAt(this.bytes, versionsOffset + i * idLength, version)) return false;
    }
    return true;
  }

  /** Does the same for the tags that the entry itself names. */
  isCurrentByName(standing: readonly (Buffer | null)[]): boolean {
    return this.resultTags.every(({ version }, i) => standing[i]?.toString("latin1") === version);
  }
}

/** A key that holds no payload but a lease, or that is being written; as an id for `acquire`. */
export interface LeaseOnly {
  readonly id: string;
  readonly payload: null;
}

export type Stored = Entry | LeaseOnly | "unreadable";

export function parseStored(bytes: Buffer): Stored {
  // A payload that starts like a header is never stored plain, and neither is an empty one.
  if (isPlain(bytes)) return new Entry(bytes, bytes, -1, null, noResultTags);
  if (bytes[3] !== magicCodes[3] || bytes.length < versionsOffset) return "unreadable";
  const flags = bytes[flagsOffset] as number;
  if (flags === isHold) return { id: idOf(bytes), payload: null };
  if ((flags & ~allFlags) !== 0) return "unreadable";
  if ((flags & hasPayload) === 0) return { id: idOf(bytes), payload: null };
  const versionCount = bytes.readUInt16BE(versionCountOffset);
  const reader = new Reader(bytes, versionsOffset + versionCount * idLength);
  const times = flags & hasTimes ? reader.times() : null;
  const resultTags = flags & hasResultTags ? reader.resultTags() : noResultTags;
  if (reader.at > bytes.length || (times && !isTime(times.freshUntil))) return "unreadable";
  return new Entry(bytes, bytes.subarray(reader.at), versionCount, times, resultTags);
}

/**
 * Reads the parts between the versions and a payload. Beyond the end it reads zeros, and `at` shows
 * that.
 */
class Reader {
  constructor(
    private readonly bytes: Buffer,
    public at: number,
  ) {}

  times(): Times {
    const bytes = this.#take(timesLength);
    if (bytes.length < timesLength) return { freshUntil: 0, loadMs: 0 };
    return { freshUntil: bytes.readDoubleBE(0), loadMs: bytes.readUInt32BE(8) };
  }

  resultTags(): ResultTag[] {
    const tags: ResultTag[] = [];
    for (let left = this.#uint16(); left > 0 && this.at <= this.bytes.length; left--) {
      const version = this.#take(idLength).toString("latin1");
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

/** Whether a header has a lease in it, whoever holds it and whether or not it has expired. */
export function hasLease(bytes: Buffer): boolean {
  return (
    !isPlain(bytes) && bytes.toString("latin1", leaseTokenOffset, leaseEndOffset) !== noLease.token
  );
}

/** A lease as its bytes tell it. */
export interface ReadLease {
  /** The token of its holder, in hexadecimal digits. */
  readonly holder: string;
  /**
   * When it ends, in milliseconds by the store's clock, or with its key. Null if the time can't be
   * read.
   */
  readonly until: number | "end of key" | null;
}

/** Returns the lease in a header that has been parsed, or null if there is none. */
export function readLease(bytes: Buffer): ReadLease | null {
  if (!hasLease(bytes)) return null;
  const end = bytes.toString("latin1", leaseEndOffset, leaseEndOffset + leaseEndDigits);
  return {
    holder: bytes.toString("hex", leaseTokenOffset, leaseEndOffset),
    until: end === endOfKey ? "end of key" : /^\d+$/.test(end) ? Number(end) : null,
  };
}

/** Whether the bytes are a payload and nothing else. */
export function isPlain(bytes: Buffer): boolean {
  return bytes.length > 0 && !startsWithMagicPrefix(bytes);
}

/** Whether a Date can represent the time. */
function isTime(ms: number): boolean {
  return ms >= 0 && ms <= latestTimeMs;
}

function idOf(bytes: Buffer): string {
  return bytes.toString("latin1", idOffset, idOffset + idLength);
}

/** Compares byte by byte: for so few bytes, calling a comparison function takes longer. */
function hasAt(bytes: Buffer, at: number, version: Buffer): boolean {
  for (let i = 0; i < idLength; i++) if (bytes[at + i] !== version[i]) return false;
  return true;
}

/** Compares the magic without its format version: a newer format is unreadable, not foreign. */
function startsWithMagicPrefix(payload: Buffer | string): boolean {
  const [first, second, third] = magicCodes;
  if (typeof payload !== "string")
    return payload[0] === first && payload[1] === second && payload[2] === third;
  return (
    payload.charCodeAt(0) === first &&
    payload.charCodeAt(1) === second &&
    payload.charCodeAt(2) === third
  );
}
