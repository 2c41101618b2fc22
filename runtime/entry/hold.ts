import {
  createHeader,
  endText,
  flagsOffset,
  idLength,
  isHold,
  leaseEndDigits,
  leaseEndOffset,
  magic,
  versionCountOffset,
  versionsOffset,
} from "./entry";

/**
 * What is stored at a key (of an entry, or of a tag's version) while transactions write what
 * belongs to it: a header without payload and lease, which has the last end of all holds in place
 * of a lease's end, then each holder's token (8 bytes) and the end of its hold (13 digits,
 * milliseconds by the store's clock). Their number takes the place of the number of versions. Such
 * bytes are neither an entry nor a version, so a reader finds nothing that it could use.
 */
export interface Holder {
  readonly token: string;
  readonly end: number;
}

export const holderLength = idLength + leaseEndDigits;
/** The largest number that fits in two bytes. */
const mostHolders = 0xffff;

export function createHold(holders: readonly Holder[]): Buffer {
  if (holders.length > mostHolders)
    throw new RangeError(`more than ${mostHolders} transactions write this key`);
  const none = "\0".repeat(idLength);
  const end = endText(Math.max(...holders.map((holder) => holder.end)));
  const header = createHeader(none, isHold, [], { token: none, end });
  const bytes = Buffer.from(
    header + holders.map((holder) => holder.token + endText(holder.end)).join(""),
    "latin1",
  );
  bytes.writeUInt16BE(holders.length, versionCountOffset);
  return bytes;
}

/**
 * Whether bytes have the flag of a hold, though they may be damaged: neither a lease nor an entry
 * can be put on them.
 */
export function isFlaggedHold(bytes: Buffer): boolean {
  if (bytes.length < versionsOffset || bytes[flagsOffset] !== isHold) return false;
  return bytes.toString("latin1", 0, magic.length) === magic;
}

/**
 * Returns all holders, including those whose hold has run out, or null if the bytes are not a hold.
 */
export function holdersIn(bytes: Buffer): readonly Holder[] | null {
  if (!isFlaggedHold(bytes)) return null;
  const count = bytes.readUInt16BE(versionCountOffset);
  if (bytes.length !== versionsOffset + count * holderLength) return null;
  return Array.from({ length: count }, (_, i) => {
    const at = versionsOffset + i * holderLength;
    const token = bytes.toString("latin1", at, at + idLength);
    return { token, end: timeAt(bytes, at + idLength) };
  });
}

/** The longest that one hold can last without being renewed. */
export const longestHoldMs = 3_600_000;
/** How far the clocks of a process and of its store may differ before the store has to be asked. */
const mostApartMs = 60_000;

/**
 * Whether a reader can be certain that the key is being written. If it is false, the reader has to
 * ask the store, whose clock decides: for a hold that has run out, and for bytes that nobody will
 * remove because they contain a time that no hold can have.
 */
export function isSurelyHeld(bytes: Buffer, now: number): boolean {
  if (bytes.length === versionsOffset || holdersIn(bytes) === null) return false;
  const end = timeAt(bytes, leaseEndOffset);
  return end > now - mostApartMs && end < now + longestHoldMs + mostApartMs;
}

/** Returns 0 if the text is not a time. */
function timeAt(bytes: Buffer, at: number): number {
  const text = bytes.toString("latin1", at, at + leaseEndDigits);
  return /^\d+$/.test(text) ? Number(text) : 0;
}
