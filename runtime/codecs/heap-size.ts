/**
 * What V8 keeps for the parts of a value, in bytes, as measured on 64-bit Node 20 without pointer compression. The slot that a value
 * stands in belongs to its container. Meant to be a little too much and never too little.
 */

export const headerBytes = 24;
export const dateBytes = 112;
const slotBytes = 8;
const doubleBytes = 16;

/** An array without room to spare. */
export function listBytes(length: number): number {
  return 48 + length * slotBytes;
}

/** An array with the room that it has when it was filled one by one. */
export function arrayBytes(length: number): number {
  return listBytes(length === 0 ? 0 : length + (length >> 1) + 16);
}

/** A text that has one character beyond Latin-1 takes two bytes for each. */
export function textBytes(text: string): number {
  return /[\u0100-\uffff]/.test(text) ? text.length * 2 : text.length;
}

/** Of a value that is no object. */
export function primitiveBytes(value: unknown): number {
  if (typeof value === "string") return headerBytes + textBytes(value);
  // Small integers stand in their slot.
  if (typeof value === "number") return (value | 0) === value && !Object.is(value, -0) ? 0 : doubleBytes;
  if (typeof value === "bigint") return headerBytes + value.toString(16).length / 2;
  return 0;
}

/** A record with its slots, and with what its names take if no other record has them. */
export function recordBytes(names: readonly string[]): number {
  const bytes = headerBytes + reservedSlots * slotBytes;
  if (names.length > mostFastNames) {
    return names.reduce((sum, name) => sum + hashedSlotBytes + headerBytes + textBytes(name), bytes);
  }
  return bytes + Math.max(0, names.length - reservedSlots + growthSlots) * slotBytes + shapes.bytesOf(names);
}

/** An empty record has room for them. */
const reservedSlots = 4;
/** Further ones are made three at a time, and have a header. */
const growthSlots = 5;
/** Above it a record is a hash table. */
const mostFastNames = 128;
/** A place in a hash table that is half empty: name, value, details. */
const hashedSlotBytes = 72;
/** What V8 keeps of a name at its place behind others, when it comes up for the first time. */
const transitionBytes = 120;

interface Shape {
  next: Map<string, Shape> | null;
}

/**
 * Records with the same names in the same order share what V8 knows of them, so that it counts once; where each has names of its own it
 * is most of what they take. This remembers which there are, for as many as it has room, and then begins anew.
 */
class Shapes {
  #root: Shape = { next: null };
  #count = 0;

  bytesOf(names: readonly string[]): number {
    let bytes = 0;
    let shape = this.#root;
    for (const name of names) {
      // A number as a name is no part of the shape: each record has a hash table of its own for them.
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
