/**
 * Control characters, marks that change the direction of text, line separators, halves of
 * characters, and other invisible characters. A terminal executes some of them, and the others make
 * a text look different from what it is. The two joiners, which many scripts and emoji need, are
 * allowed.
 */
const unseen = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/gu;
const unseenInLines = /(?![\n\t])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/gu;

/**
 * Returns text from any source on one line. Invisible characters are written as `\u001b`, as in
 * JSON.
 */
export function printable(text: string): string {
  return text.replaceAll(unseen, escapeUnits);
}

/** Does the same for several lines. */
export function printableLines(text: string): string {
  return text.replaceAll(unseenInLines, escapeUnits);
}

function escapeUnits(character: string): string {
  let escaped = "";
  for (let i = 0; i < character.length; i++)
    escaped += `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`;
  return escaped;
}
