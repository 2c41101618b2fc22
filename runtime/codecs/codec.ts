// Declarations name types of Node, which a project with `types` in its tsconfig may leave out.
/// <reference types="node" preserve="true" />

/**
 * Converts the results of a function to the bytes that are stored, and back. The two functions must
 * round-trip whatever the function returns, including `undefined` and `null`, in every process that
 * shares the store. Either may throw: a value that can't be encoded is returned to the caller and
 * not stored, and bytes that can't be decoded are a miss; both are reported as events.
 *
 * @example
 * import { pack, unpack } from "msgpackr";
 * const msgpack: Codec = { encode: pack, decode: unpack };
 */
export interface Codec {
  /** Returns the stored form of a result. Text is stored in UTF-8. */
  encode(value: unknown): Buffer | string;
  /**
   * Returns a new value for each call. It must not share memory with `payload`, which may be read
   * again.
   */
  decode(payload: Buffer): unknown;
}
