import { type Random } from "../chaos/random";
import { type Form, samples } from "./samples";
import { token } from "./tokens";

/** Longer ones would make a slow case of a reader whose time is proportional to its bytes. */
export const mostBytes = 32_768;

const interesting = [0, 1, 2, 0x7f, 0x80, 0xff, 0x0a, 0x22, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d];

/** Returns these bytes, changed in one to six places. */
export function mutated(sample: Buffer, form: Form, random: Random): Buffer {
  let bytes: Buffer = Buffer.from(sample);
  const changes = 1 + Math.floor(random.next() ** 3 * 6);
  for (let i = 0; i < changes; i++) bytes = changed(bytes, form, random);
  return bytes;
}

function changed(bytes: Buffer, form: Form, random: Random): Buffer {
  const at = random.below(bytes.length + 1);
  const to = Math.min(bytes.length, at + 1 + random.below(16));
  const without = (inner: Buffer | string): Buffer =>
    Buffer.concat([
      bytes.subarray(0, at),
      Buffer.from(inner as string, "latin1"),
      bytes.subarray(to),
    ]);
  switch (random.below(8)) {
    case 0:
      return bytes.length === 0
        ? without("x")
        : replaced(bytes, at % bytes.length, random.below(256));
    case 1:
      return bytes.length === 0
        ? without("x")
        : replaced(bytes, at % bytes.length, random.pick(interesting));
    case 2:
      return without("");
    case 3:
      return bytes.subarray(0, at);
    case 4:
      return Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from(token(form, random), "latin1"),
        bytes.subarray(at),
      ]);
    case 5:
      return without(token(form, random));
    case 6: {
      // TypeScript's own parser takes twice as long for each further `async ( =`.
      const times = form === "source" ? 2 : 1 + Math.floor(random.next() ** 6 * 1_000);
      const piece = bytes.subarray(at, to);
      const repeated = Array.from(
        { length: Math.min(times, Math.ceil(mostBytes / (piece.length + 1))) },
        () => piece,
      );
      return Buffer.concat([bytes.subarray(0, at), ...repeated, bytes.subarray(at)]);
    }
    default: {
      const other = random.pick(samples[form]);
      return Buffer.concat([bytes.subarray(0, at), other.subarray(random.below(other.length + 1))]);
    }
  }
}

function replaced(bytes: Buffer, at: number, byte: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = byte;
  return copy;
}
