/**
 * How the results of a function become the bytes that are stored. Two functions, which must round-trip whatever the
 * function returns, `undefined` and `null` included, in every process that shares the store. Either may throw: a value
 * that can't be encoded is handed to the caller and not stored, bytes that can't be decoded are a miss; both are
 * reported as events.
 *
 * @example
 * import { pack, unpack } from "msgpackr";
 * const msgpack: Codec = { encode: pack, decode: unpack };
 */
export interface Codec {
  /** The stored form of a result. Text is stored in UTF-8. */
  encode(value: unknown): Buffer | string;
  /** A new value for each call. It must not share memory with `payload`, which may be read again. */
  decode(payload: Buffer): unknown;
}
