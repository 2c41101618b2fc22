/**
 * Bytes that several callers want decoded: they have joined one read or one load. They are decoded
 * once. Texts and numbers are shared, and of a tree each caller gets a copy, because that is
 * quicker than decoding the bytes again.
 */
import { isBuiltIn } from "./built-in-codecs";
import { type Codec } from "./codec";
import { copyTree, unfit } from "./copy-tree";
import { freeze } from "./freeze";

/** The value that one payload decodes to. */
export class OneDecode {
  #codec: Codec | null = null;
  /** No caller is given an object of this value, unless the object is frozen. */
  #value: unknown;
  /** It is null until the first copy was made. */
  #isTree: boolean | null = null;
  #isFrozen = false;
  /** Whether each caller has to decode. */
  #isOver = false;

  /**
   * Returns a value of the caller's own. Throws what the codec throws, to each caller.
   *
   * A codec of the user's own is asked each time, in the context of its caller, because what it
   * returns may be more than its data. So is the codec of a second function that has the same key.
   */
  own(codec: Codec, payload: Buffer | string): unknown {
    if (!this.#decode(codec, payload)) return decode(codec, payload);
    const copy = this.#copy();
    if (copy !== unfit) return copy;
    if (this.#isFrozen) return decode(codec, payload);
    const value = this.#value;
    this.#isOver = true;
    this.#value = null;
    return value;
  }

  /** Returns the value itself, frozen, to each caller. If it can't be frozen, this is `own`. */
  frozen(codec: Codec, payload: Buffer | string): unknown {
    if (!this.#decode(codec, payload)) return decode(codec, payload);
    this.#isFrozen ||= freeze(this.#value) !== null;
    return this.#isFrozen ? this.#value : this.own(codec, payload);
  }

  /** Decodes if nobody has before. Returns whether there is a value for callers with this codec. */
  #decode(codec: Codec, payload: Buffer | string): boolean {
    if (this.#codec) return this.#codec === codec && !this.#isOver;
    if (!isBuiltIn(codec)) return false;
    this.#value = decode(codec, payload);
    this.#codec = codec;
    return true;
  }

  #copy(): unknown {
    if (this.#isTree === false) return unfit;
    try {
      const copy = copyTree(this.#value, this.#isTree ? null : new Set());
      this.#isTree = copy !== unfit;
      return copy;
    } catch {
      // The value is nested more deeply than V8's stack allows.
      this.#isTree = false;
      return unfit;
    }
  }
}

/** @param payload what the codec has made, or its bytes in UTF-8 */
function decode(codec: Codec, payload: Buffer | string): unknown {
  return codec.decode(typeof payload === "string" ? Buffer.from(payload) : payload);
}

/**
 * Bytes that several callers of one tick have read. The object of the bytes, which only those
 * callers have, identifies them.
 */
const joined = new WeakMap<Buffer, OneDecode>();

/**
 * Decoding fewer bytes takes no longer than remembering what they decode to. The version of a tag
 * has 8.
 */
const fewestBytes = 64;

/** Records that several callers are about to be given these bytes. */
export function markJoined(bytes: Buffer): void {
  if (bytes.length >= fewestBytes) joined.set(bytes, new OneDecode());
}

/** Returns null if one caller has read the bytes. */
export function findJoined(bytes: Buffer): OneDecode | null {
  return joined.get(bytes) ?? null;
}
