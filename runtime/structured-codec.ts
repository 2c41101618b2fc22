import { DefaultDeserializer, serialize } from "node:v8";
import { type Codec } from "./codec";

/**
 * All that `structuredClone` carries of plain data: Date, Map, Set, bigint, typed arrays, RegExp, Error, cycles, holes,
 * -0, NaN, undefined. A Buffer stays a Buffer. Functions and symbols throw; a class instance becomes a plain object.
 */
export const structuredCodec: Codec = {
  encode: serialize,
  decode(payload) {
    const reader = new StructuredReader(payload);
    reader.readHeader();
    const value: unknown = reader.readValue();
    // V8 stops at the end of the first value; what follows was not written by `encode`.
    const consumed = reader.readRawBytes(0).byteOffset - payload.byteOffset;
    if (consumed !== payload.length) throw new RangeError(`${payload.length - consumed} bytes follow the value.`);
    return value;
  },
};

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
