import { readBinary } from "./binary-reader";
import { writeBinary } from "./binary-writer";
import { type Codec } from "./codec";
import { putDatesIn, takeDatesOut } from "./dates-out";

/**
 * Encodes everything that `structuredClone` copies of plain data: Date, Map, Set, bigint, typed
 * arrays, RegExp, Error, cycles, holes,
 * -0, NaN, undefined. A Buffer stays a Buffer. Functions and symbols throw; a class instance
 * becomes a plain object.
 *
 * There are two forms, distinguished by their first byte. Objects, arrays, dates and what JSON can
 * represent are JSON, which is read fastest: `[value, path of a date, …]`, where a path of one step
 * is that step. Everything else has a binary form. The bytes may come from anyone: reading them
 * makes such values or throws (see docs/security.md).
 */
export const structuredCodec: Codec = {
  encode(value) {
    const plain = takeDatesOut(value);
    if (!plain) return writeBinary(binaryMark, value);
    const paths = plain.paths.map((path) => (path.length === 1 ? path[0] : path));
    return textMark + JSON.stringify([plain.value, ...paths]);
  },
  decode(payload) {
    if (payload[0] === textMarkCode) return putDatesIn(JSON.parse(payload.toString("utf8", 1)));
    if (payload[0] === binaryMark) return readBinary(payload, 1);
    throw new TypeError("The bytes are of another codec.");
  },
};

/** JSON and YAML never begin with either of them. */
const textMark = "\x01";
const textMarkCode = textMark.charCodeAt(0);
const binaryMark = 2;

/** Whether the payload begins as one of this codec does. */
export function isStructured(payload: Buffer): boolean {
  return payload[0] === textMarkCode || payload[0] === binaryMark;
}
