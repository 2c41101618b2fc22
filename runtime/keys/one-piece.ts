import { wellFormed } from "./key-names";

/**
 * Returns the same text with memory of its own. V8 keeps concatenated text as its parts, which it
 * joins for each use, and a text that was cut out of another one as a part of that text, which it
 * keeps whole: a key of 30 characters may keep a request of a megabyte in memory.
 */
export function inOnePiece(text: string): string {
  // A lone surrogate has no form in UTF-8. UTF-16 would double the memory of all others.
  return text === wellFormed(text) ? Buffer.from(text).toString() : Array.from(text).join("");
}
