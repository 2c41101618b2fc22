/**
 * Estimates the memory that V8 uses for the parts of a value, in bytes, as measured on 64-bit Node
 * 20 without pointer compression. The slot that holds a value belongs to its container. The
 * estimate is meant to be slightly too high and never too low.
 */

export const headerBytes = 24;
export const dateBytes = 112;
const slotBytes = 8;
const doubleBytes = 16;

/** Returns the size of an array without spare capacity. */
export function listBytes(length: number): number {
  return 48 + length * slotBytes;
}

/**
 * Returns the size of an array with the capacity that it has after it was filled element by
 * element.
 */
export function arrayBytes(length: number): number {
  return listBytes(length === 0 ? 0 : length + (length >> 1) + 16);
}

/**
 * Returns the size of a text. With one character beyond Latin-1, each character takes two bytes.
 */
export function textBytes(text: string): number {
  return /[\u0100-\uffff]/.test(text) ? text.length * 2 : text.length;
}

/** Returns the size of a value that is not an object. */
export function primitiveBytes(value: unknown): number {
  if (typeof value === "string") return headerBytes + textBytes(value);
  // Small integers are stored in the slot itself.
  if (typeof value === "number")
    return (value | 0) === value && !Object.is(value, -0) ? 0 : doubleBytes;
  if (typeof value === "bigint") return headerBytes + value.toString(16).length / 2;
  return 0;
}

/** Returns the size of a record with its slots, and of its names if no other record has them. */
export function recordBytes(names: readonly string[]): number {
  const bytes = headerBytes + reservedSlots * slotBytes;
  if (names.length > mostFastNames) {
    return names.reduce(
      (sum, name) => sum + hashedSlotBytes + headerBytes + textBytes(name),
      bytes,
    );
  }
  return (
    bytes +
    Math.max(0, names.length - reservedSlots + growthSlots) * slotBytes +
    shapes.bytesOf(names)
  );
}

/** An empty record has room for this many slots. */
const reservedSlots = 4;
/** Further slots are made three at a time, and have a header. */
const growthSlots = 5;
/** A record with more names is a hash table. */
const mostFastNames = 128;
/**
 * The size of a slot in a hash table that is half empty. A slot has a name, a value and details.
 */
const hashedSlotBytes = 72;
/**
 * The memory that V8 uses for a name at its position after other names, when the combination first
 * occurs.
 */
const transitionBytes = 120;

interface Shape {
  next: Map<string, Shape> | null;
}

/**
 * The known shapes of records. Records with the same names in the same order share what V8 stores
 * about them, which is counted once; if each record has its own names, it is most of their size.
 * This remembers as many shapes as it has room for, and then starts again.
 */
class Shapes {
  #root: Shape = { next: null };
  #count = 0;

  bytesOf(names: readonly string[]): number {
    let bytes = 0;
    let shape = this.#root;
    for (const name of names) {
      // A number as a name is not part of the shape: each record has a hash table of its own for
      // them.
      if (isIndex(name)) bytes += hashedSlotBytes;
      else {
        const known = shape.next?.get(name);
        if (!known) bytes += transitionBytes + headerBytes + textBytes(name);
        shape = known ?? this.#add(shape, name);
      }
    }
    return bytes;
  }

  #add(shape: Shape, name: string): Shape {
    if (this.#count === mostShapes) {
      this.#root = { next: null };
      this.#count = 0;
    }
    this.#count++;
    const added: Shape = { next: null };
    (shape.next ??= new Map()).set(name, added);
    return added;
  }
}

const mostShapes = 2_000;
const shapes = new Shapes();

function isIndex(name: string): boolean {
  return /^\d{1,10}$/.test(name);
}
