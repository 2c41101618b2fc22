import { type Random } from "../chaos/random";
import { names } from "./hostile-texts";

/**
 * Returns a whole value, so that a reader gets through many steps before it finds something wrong.
 */
export function binaryValue(depth: number, random: Random): string {
  const code = (...bytes: number[]): string => String.fromCharCode(...bytes);
  const text = (of: string): string => code(8, of.length) + of;
  const inner = (): string => binaryValue(depth - 1, random);
  const few = depth === 0 ? 0 : random.below(4);
  const some = (make: () => string): string => Array.from({ length: few }, make).join("");
  const shape = code(0, few) + some(() => text(random.pick(names)));
  switch (random.below(12)) {
    case 0:
      return code(10) + shape + some(inner);
    case 1:
      return code(11, few) + some(inner);
    case 2:
      return `${code(12)}${random.pick(["\x04", "\xff\xff\xff\xff\x0f"])}${code(few)}${some(() => code(random.below(3)) + inner())}${shape}${some(inner)}`;
    case 3:
      return code(15, few) + some(() => inner() + inner());
    case 4:
      return code(16, few) + some(inner);
    case 5:
      return (
        code(17, random.below(7), 7) +
        text("bad") +
        text("stack") +
        (depth === 0 ? code(1) : inner())
      );
    case 6:
      return code(18) + random.pick([text("boxed"), code(0x85), code(3)]);
    case 7:
      return code(20, random.below(4), few) + "x".repeat(few);
    case 8:
      return code(21, random.below(4));
    case 9:
      return text(random.pick(names));
    default:
      return binaryToken(random);
  }
}

const patterns = [
  "\\p{L}",
  "\\p{RGI_Emoji}",
  "[^\\p{L}]",
  "[\\p{L}--[a-z]]",
  "[^a]",
  "\\W",
  "(?:a{1000}){1000}",
  "(a+)+b",
  "((",
  "\\1",
  ".",
];
const flags = ["", "u", "v", "iu", "iv", "gimsuy", "uv", "x"];

/** Returns one part of the form in `runtime/codecs/binary-form.ts`, as Latin-1. */
export function binaryToken(random: Random): string {
  const code = (...bytes: number[]): string => String.fromCharCode(...bytes);
  const text = (of: string): string => code(8, of.length) + of;
  const few = code(random.below(5));
  switch (random.below(16)) {
    case 0:
      return code(1 + random.below(23));
    case 1:
      return code(0x80 + random.below(128));
    case 2:
      return random.pick([
        "\xff\xff\xff\xff\x0f",
        "\xff\xff\xff\xff\x1f",
        "\x80\x80\x80\x80\x80\x80",
        "\xff\xff\x03",
        "\x80\x01",
      ]);
    case 3:
      return text(random.pick(names));
    case 4:
      return code(10, 0, 1) + text(random.pick(names));
    case 5:
      return code(10) + few;
    case 6:
      return code(random.pick([11, 15, 16])) + few;
    case 7:
      return code(12) + random.pick(["\xff\xff\xff\xff\x0f", "\xff\xff\x03", few]) + few;
    case 8:
      return code(21) + few;
    case 9:
      return code(20, random.below(16)) + few;
    case 10:
      return code(17, random.below(9), random.below(9));
    case 11: {
      const source = random
        .pick(patterns)
        .repeat(1 + Math.floor(random.next() ** 4 * 60))
        .slice(0, 120);
      return code(14) + text(source) + text(random.pick(flags));
    }
    case 12:
      return (
        code(13) +
        random.pick(["\0\0\0\0\0\0\xf0\x7f", "\0\0\0\0\0\0\x24\x40", "\0\0\0\0\0\0\xf8\x7f"])
      );
    case 13:
      return code(6) + "\0\0\0\0\0\0\xf8\x3f";
    case 14:
      return code(7, random.below(2)) + random.pick([few, "\x7f" + "\xff".repeat(127)]);
    default:
      return code(18);
  }
}
