import { DefaultDeserializer, serialize } from "node:v8";
import { type Codec } from "./codec";
import { type Step, takeDatesOut } from "./dates-out";

/**
 * All that `structuredClone` carries of plain data: Date, Map, Set, bigint, typed arrays, RegExp, Error, cycles, holes,
 * -0, NaN, undefined. A Buffer stays a Buffer. Functions and symbols throw; a class instance becomes a plain object.
 *
 * Two forms, told apart by their first byte. Objects, arrays, dates and what JSON can say are JSON, which is read
 * twice as fast: `[value, path of a date, …]`, where a path of one step is that step. Everything else is V8's own form.
 */
export const structuredCodec: Codec = {
  encode(value) {
    const plain = takeDatesOut(value);
    if (!plain) return serialize(value);
    const paths = plain.paths.map((path) => (path.length === 1 ? path[0] : path));
    return textMark + JSON.stringify([plain.value, ...paths]);
  },
  decode: (payload) => (payload[0] === textMarkCode ? decodeText(payload) : decodeBinary(payload)),
};

/** No JSON or YAML begins with it, nor V8's form. */
const textMark = "\x01";
const textMarkCode = textMark.charCodeAt(0);

function decodeText(payload: Buffer): unknown {
  const root = JSON.parse(payload.toString("utf8", 1)) as [Container, ...(Step | Step[])[]];
  for (let i = 1; i < root.length; i++) {
    const path = root[i] as Step | Step[];
    if (typeof path === "object") putDate(root, path);
    else root[0][path] = new Date(root[0][path] as number);
  }
  return root[0];
}

type Container = Record<Step, unknown>;

function putDate(root: [Container, ...unknown[]], path: readonly Step[]): void {
  let parent: Container = root as never;
  let step: Step = 0;
  for (const next of path) {
    parent = parent[step] as Container;
    step = next;
  }
  parent[step] = new Date(parent[step] as number);
}

function decodeBinary(payload: Buffer): unknown {
  const reader = new StructuredReader(payload);
  reader.readHeader();
  const value: unknown = reader.readValue();
  // V8 stops at the end of the first value; what follows was not written by `encode`.
  const consumed = reader.readRawBytes(0).byteOffset - payload.byteOffset;
  if (consumed !== payload.length) throw new RangeError(`${payload.length - consumed} bytes follow the value.`);
  return value;
}

interface ViewReader {
  _readHostObject(): NodeJS.ArrayBufferView;
}
const readView = (DefaultDeserializer.prototype as unknown as ViewReader)._readHostObject;

/**
 * Node's reader makes typed arrays and Buffers views of the payload itself, or of its Buffer pool. Writing to one
 * would change the stored bytes, and its `.buffer` would show its neighbours': each gets memory of its own.
 */
class StructuredReader extends DefaultDeserializer {
  /** Called by V8 for each value that Node serialized by itself: those are the array buffer views. */
  _readHostObject(): NodeJS.ArrayBufferView {
    const view = readView.call(this);
    const memory = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) as ArrayBuffer;
    if (Buffer.isBuffer(view)) return Buffer.from(memory);
    return new (view.constructor as new (memory: ArrayBuffer) => NodeJS.ArrayBufferView)(memory);
  }
}
