import { wellFormed } from "./key-names";

/**
 * The same text with memory of its own. V8 keeps a text that was added up as its parts, which it puts together for each
 * use; and one that was cut out of another as a part of that, which it keeps as a whole: a key of 30 characters may hold
 * a request of a megabyte.
 */
export function inOnePiece(text: string): string {
  // A lone surrogate has no form in UTF-8. UTF-16 would double the memory of all others.
  return text === wellFormed(text) ? Buffer.from(text).toString() : Array.from(text).join("");
}
