import { type LocalBytes } from "./backend";
import { textBytes } from "../codecs/heap-size";
import { idLength } from "../entry/entry";
import { inOnePiece } from "../keys/one-piece";
import { type KeyState } from "./key-state";
import { LruOrder } from "./lru-order";

/**
 * Bytes as they are kept. Short ones are kept as text with a character for each byte, because a
 * Buffer takes 200 bytes besides its contents. The versions of tags stay Buffers, because each hit
 * with tags looks at them.
 */
type Stored = Buffer | string;

const mostTextBytes = 1_024;

/**
 * Bytes that were read, or that a tier keeps. This object is not made earlier, because most keys of
 * a large cache are not read again.
 */
export class Held implements LocalBytes {
  memo: unknown = null;
  memoBytes = 0;

  constructor(readonly stored: Stored) {}

  /** They are replaced and never changed in place. */
  get bytes(): Buffer {
    return bytesOf(this.stored);
  }
}

/**
 * The memory that a key takes besides its text and its bytes, as measured with 100,000 of them on
 * Node 20: a place in each list, and a `Held`.
 */
const placeBytes = 200;
const bufferBytes = 250;

/**
 * The keys of a memory backend with what is stored at them, up to a number of keys and of bytes.
 * The least recently used key is dropped first. What belongs to a key is at the same place of
 * several lists, which takes less memory than an object.
 */
export class MemoryStore {
  readonly maxEntries: number;
  readonly maxSize: number;
  #calculatedSize = 0;
  #places = new Map<string, number>();
  #order = new LruOrder();
  #keys: string[] = [""];
  #contents: (Stored | Held | undefined)[] = [undefined];
  #ends: number[] = [0];
  #free: number[] = [];

  constructor(maxEntries: number, maxSize: number) {
    this.maxEntries = maxEntries;
    this.maxSize = maxSize;
  }

  /** The number of keys. */
  get size(): number {
    return this.#places.size;
  }

  /** The bytes of all keys and what is stored at them, as V8 keeps them. */
  get calculatedSize(): number {
    return this.#calculatedSize;
  }

  keys(): Iterable<string> {
    return this.#places.keys();
  }

  /** Returns what is stored at the key, without marking the key as used. */
  peek(key: string): KeyState | undefined {
    const place = this.#places.get(key);
    return place === undefined
      ? undefined
      : { bytes: this.bytesAt(place), expiresAt: this.endOf(place) };
  }

  /**
   * Returns the place of the key, which is marked as used, or 0. It is valid until something else
   * is done with the store.
   */
  find(key: string): number {
    const place = this.#places.get(key);
    if (place === undefined) return 0;
    this.#order.use(place);
    return place;
  }

  /** Returns when what is stored at the place expires. */
  endOf(place: number): number {
    return this.#ends[place] as number;
  }

  extend(place: number, endsAt: number): void {
    this.#ends[place] = endsAt;
  }

  bytesAt(place: number): Buffer {
    const content = this.#contents[place] as Stored | Held;
    return content instanceof Held ? content.bytes : bytesOf(content);
  }

  heldAt(place: number): Held {
    const content = this.#contents[place] as Stored | Held;
    return content instanceof Held ? content : (this.#contents[place] = new Held(content));
  }

  /**
   * Stores the bytes unless they are larger than the whole store may be. Then nothing is kept, not
   * even what was there before.
   */
  set(key: string, content: Stored | Held, endsAt: number): boolean {
    const bytes = sizeOf(key, content);
    if (bytes > this.maxSize) {
      this.delete(key);
      return false;
    }
    const place = this.find(key) || this.#add(key);
    this.#calculatedSize += bytes - sizeOf(key, this.#contents[place]);
    this.#contents[place] = content;
    this.#ends[place] = endsAt;
    this.#makeRoom();
    return true;
  }

  /** Leaves a memo beside the bytes at the key, unless it would take the room of many entries. */
  setMemo(key: string, memo: unknown, memoBytes: number): void {
    const place = this.find(key);
    if (place === 0) return;
    const held = this.heldAt(place);
    if (held.stored.length + memoBytes > this.maxSize / 8) return;
    this.#calculatedSize += memoBytes - held.memoBytes;
    held.memo = memo;
    held.memoBytes = memoBytes;
    this.#makeRoom();
  }

  delete(key: string): void {
    const place = this.#places.get(key);
    if (place !== undefined) this.#removeAt(place);
  }

  clear(): void {
    this.#calculatedSize = 0;
    this.#places = new Map();
    this.#order = new LruOrder();
    this.#keys = [""];
    this.#contents = [undefined];
    this.#ends = [0];
    this.#free = [];
  }

  #add(key: string): number {
    const place = this.#free.pop() ?? this.#keys.length;
    const own = inOnePiece(key);
    this.#keys[place] = own;
    this.#places.set(own, place);
    this.#order.add(place);
    return place;
  }

  #makeRoom(): void {
    while (this.size > this.maxEntries || this.#calculatedSize > this.maxSize)
      this.#removeAt(this.#order.oldest);
  }

  #removeAt(place: number): void {
    const key = this.#keys[place] as string;
    this.#calculatedSize -= sizeOf(key, this.#contents[place]);
    this.#places.delete(key);
    this.#order.remove(place);
    this.#keys[place] = "";
    this.#contents[place] = undefined;
    this.#free.push(place);
  }
}

/**
 * Makes bytes to keep, in memory of their own: a piece of a pool, or of what a socket received,
 * would keep all of it.
 */
export function toStored(given: Buffer | string): Stored {
  const length = Buffer.byteLength(given);
  if (length > idLength && length <= mostTextBytes)
    return (typeof given === "string" ? Buffer.from(given) : given).toString("latin1");
  if (typeof given !== "string" && given.buffer.byteLength === length) return given;
  const own = Buffer.allocUnsafeSlow(length);
  if (typeof given === "string") own.write(given);
  else given.copy(own);
  return own;
}

function bytesOf(stored: Stored): Buffer {
  return typeof stored === "string" ? Buffer.from(stored, "latin1") : stored;
}

function sizeOf(key: string, content: Stored | Held | undefined): number {
  if (content === undefined) return 0;
  const isHeld = content instanceof Held;
  const stored = isHeld ? content.stored : content;
  const bytes =
    placeBytes + textBytes(key) + stored.length + (typeof stored === "string" ? 0 : bufferBytes);
  return isHeld ? bytes + content.memoBytes : bytes;
}
