/**
 * A piece of a text: as it is, or the written form of a character that can't be seen or changes how others are seen.
 */
export interface Piece {
  readonly text: string;
  readonly isEscape: boolean;
}

/**
 * Control characters (a terminal's escapes begin with one), characters of format (they turn the direction of a text, or
 * can't be seen), separators of lines, halves of pairs, and letters that are drawn as nothing.
 */
const invisible =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180F\u3164\uFFA0]/gu;

const short: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0" };

/** Splits a text so that everything in it can be shown as what it is. */
export function visiblePieces(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(invisible)) {
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), isEscape: false });
    pieces.push({ text: escapeOf(match[0]), isEscape: true });
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), isEscape: false });
  return pieces;
}

/** The same as one text, where there is no room for marks: titles, names of regions, options of a list. */
export function visibleText(text: string): string {
  return visiblePieces(text)
    .map((piece) => piece.text)
    .join("");
}

function escapeOf(character: string): string {
  const known = short[character];
  if (known !== undefined) return known;
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, "0")}` : `\\u{${code.toString(16)}}`;
}
