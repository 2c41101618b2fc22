import { types } from "node:util";
import { type Form } from "./samples";

const errorPrototypes: readonly unknown[] = [
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
].map(({ prototype }) => prototype as unknown);
const viewPrototype: unknown = Object.getPrototypeOf(Uint8Array.prototype);
const richPrototypes: readonly unknown[] = [
  ...[Date, Map, Set, RegExp, ArrayBuffer, DataView, Buffer, String, Number, Boolean, BigInt].map(
    ({ prototype }) => prototype as unknown,
  ),
  ...errorPrototypes,
];

/**
 * Returns what is wrong with a decoded value, or null if everything in it is of the kinds that its
 * codec makes.
 */
export function strangerIn(value: unknown, form: Form): string | null {
  if (form === "raw") return Buffer.isBuffer(value) ? null : "It is not a Buffer.";
  // Every codec can store undefined.
  if (value === undefined) return null;
  const seen = new Set<unknown>();
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const one = waiting.pop();
    if (typeof one !== "object" || one === null) {
      if (!isOwnPrimitive(one, form)) return `It holds a ${typeof one}.`;
    } else if (!seen.has(one)) {
      seen.add(one);
      if (!isOwnKind(one, form))
        return `It holds ${Object.prototype.toString.call(one)} of another prototype.`;
      const failure = takeParts(one, waiting);
      if (failure !== null) return failure;
    }
  }
  return null;
}

function isOwnPrimitive(value: unknown, form: Form): boolean {
  if (typeof value === "function" || typeof value === "symbol") return false;
  return form === "structured" || (value !== undefined && typeof value !== "bigint");
}

function isOwnKind(value: object, form: Form): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === Array.prototype) return true;
  if (form !== "structured" || types.isProxy(value)) return false;
  return richPrototypes.includes(prototype) || Object.getPrototypeOf(prototype) === viewPrototype;
}

/**
 * Adds the values inside this one to those that wait. A getter, or a property whose name is a
 * symbol, is not data.
 */
function takeParts(value: object, waiting: unknown[]): string | null {
  if (ArrayBuffer.isView(value)) return null;
  if (value instanceof Map) for (const [key, inner] of value) waiting.push(key, inner);
  else if (value instanceof Set) for (const inner of value) waiting.push(inner);
  for (const name of Reflect.ownKeys(value)) {
    if (typeof name === "symbol") return "It has a property that a symbol names.";
    const property = Object.getOwnPropertyDescriptor(value, name);
    // V8 has one for the stack of every error.
    if (property && !("value" in property)) return `${name} is an accessor.`;
    waiting.push(property?.value);
  }
  return null;
}
