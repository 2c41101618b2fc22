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
 * | 33     | 1     | flags: 1 = a payload follows (else the key holds only a lease)  |
 * | 34     | 2     | number of tag versions, big-endian                              |
 * | 36     | 8 × n | the tag versions that were read before the loader ran           |
 *
 * The lease has a fixed place so that the store can set it without reading the payload.
 */

export const magic = Buffer.from([0x00, 0x7a, 0x63, 0x01]);
export const idLength = 8;
export const idOffset = 4;
export const leaseTokenOffset = 12;
export const leaseEndOffset = 20;
export const leaseEndDigits = 13;
export const flagsOffset = 33;
export const versionCountOffset = 34;
export const versionsOffset = 36;

export const hasPayload = 1;
const knownFlags = hasPayload;

const noVersions: readonly Buffer[] = [];

/** What the bytes at a key say. */
export interface Entry {
  /** Null for a plain entry, which has no header to carry one. */
  readonly id: Buffer | null;
  readonly versions: readonly Buffer[];
  readonly payload: Buffer;
}

/** A key that holds a lease but no payload, as an id for `acquire`. */
export interface LeaseOnly {
  readonly id: Buffer;
  readonly payload: null;
}

export type Stored = Entry | LeaseOnly | "unreadable";

/** The stored form of a payload: as it is where that is unambiguous, else behind a header. */
export function createStored(id: Buffer, versions: readonly Buffer[], payload: Buffer): Buffer {
  const plain = versions.length === 0 && payload.length > 0 && !startsWithMagicPrefix(payload);
  return plain ? payload : Buffer.concat([createHeader(id, hasPayload, versions), payload]);
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

export function parseStored(bytes: Buffer): Stored {
  // A payload that starts like a header is never stored plain.
  if (!startsWithMagicPrefix(bytes)) return { id: null, versions: noVersions, payload: bytes };
  if (bytes[3] !== magic[3] || bytes.length < versionsOffset) return "unreadable";
  const flags = bytes[flagsOffset] as number;
  if ((flags & ~knownFlags) !== 0) return "unreadable";
  const id = bytes.subarray(idOffset, idOffset + idLength);
  if ((flags & hasPayload) === 0) return { id, payload: null };
  const count = bytes.readUInt16BE(versionCountOffset);
  const payloadOffset = versionsOffset + count * idLength;
  if (bytes.length < payloadOffset) return "unreadable";
  const versions: Buffer[] = [];
  for (let at = versionsOffset; at < payloadOffset; at += idLength) versions.push(bytes.subarray(at, at + idLength));
  return { id, versions, payload: bytes.subarray(payloadOffset) };
}

/** Valid only while its versions are those that stand now; a missing one makes it dead. */
export function isCurrent(entry: Entry, versions: readonly (Buffer | null)[]): boolean {
  if (entry.versions.length !== versions.length) return false;
  for (let i = 0; i < versions.length; i++) {
    const version = versions[i];
    if (!version || !version.equals(entry.versions[i] as Buffer)) return false;
  }
  return true;
}

/** The magic without its format version: a newer format is unreadable, not foreign. */
function startsWithMagicPrefix(bytes: Buffer): boolean {
  return bytes[0] === magic[0] && bytes[1] === magic[1] && bytes[2] === magic[2];
}
