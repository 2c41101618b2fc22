/**
 * What large payloads decode to, for keys that are read again and again. Their bytes mostly are the
 * same as the last time, and comparing them takes a tenth of the time of decoding them, or less.
 *
 * Only the garbage collector ends this memory, besides its bounds: it is held weakly, so it never
 * makes a process larger than it has to be.
 */
import { type Codec } from "./codec";
import { isBuiltIn } from "./built-in-codecs";
import { findJoined, OneDecode } from "./one-decode";

/** Decoding fewer bytes takes hardly longer than finding out that they are the same. */
const fewestBytes = 4_096;
const mostKeys = 64;
const mostBytes = 16 * 1024 * 1024;

/** What was last read at a key. */
interface LastRead {
  bytes: Buffer;
  /** Null until several callers want the bytes decoded. */
  decode: OneDecode | null;
  /** The callers that have joined the read, if there were several. */
  joined: OneDecode | null;
}

class RepeatedReads {
  readonly #lastReads = new Map<string, LastRead>();
  #bytes = 0;

  find(key: string, bytes: Buffer, joined: OneDecode | null): OneDecode | null {
    const last = this.#lastReads.get(key);
    // The bytes are compared once for the callers of one read.
    if (last && joined !== null && last.joined === joined) return last.decode;
    if (last?.bytes.equals(bytes)) {
      last.bytes = bytes;
      last.joined = joined;
      return (last.decode ??= joined ?? new OneDecode());
    }
    if (last) this.#forget(key, last);
    this.#remember(key, { bytes, decode: joined, joined });
    return joined;
  }

  #remember(key: string, read: LastRead): void {
    if (read.bytes.length > mostBytes) return;
    this.#lastReads.set(key, read);
    this.#bytes += read.bytes.length;
    for (const [oldest, { bytes }] of this.#lastReads) {
      if (this.#lastReads.size <= mostKeys && this.#bytes <= mostBytes) return;
      this.#forget(oldest, { bytes });
    }
  }

  #forget(key: string, { bytes }: Pick<LastRead, "bytes">): void {
    this.#lastReads.delete(key);
    this.#bytes -= bytes.length;
  }
}

let repeatedReads = new WeakRef(new RepeatedReads());

/**
 * Returns what the bytes at a key decode to if others want it too: callers that have joined their
 * read, or callers that have read the same bytes before. Returns null for a caller that decodes for
 * itself.
 *
 * A codec of the user's own is asked each time. What it returns may be part of the bytes, so they
 * may change.
 * @param isFresh whether nothing writes to the memory of these bytes any more
 */
export function findDecode(
  key: string,
  bytes: Buffer,
  codec: Codec,
  isFresh: boolean,
): OneDecode | null {
  const joined = findJoined(bytes);
  if (bytes.length < fewestBytes || !isFresh || !isBuiltIn(codec)) return joined;
  let reads = repeatedReads.deref();
  if (!reads) repeatedReads = new WeakRef((reads = new RepeatedReads()));
  return reads.find(key, bytes, joined);
}
