/** What a search of a file's text can say of it, before anything is parsed: it must not miss a file, and may take one too many. */

export function hasDirective(text: string): boolean {
  return text.includes("@zcache");
}

/** A directive, or something that may be an operation. Asked of every file, of which most have not even one of the words. */
export function mayConcern(text: string): boolean {
  if (!/@zcache|refresh|nocache|invalidate/.test(text)) return false;
  return hasDirective(text) || /\.\s*(refresh|nocache|invalidate)\b|\binvalidateTag\b/.test(text);
}

/** May a file begin a transaction, whose callback calls what invalidates in another file? */
export function mayHaveTransaction(text: string): boolean {
  return text.includes("ransaction") && /\b(?:\$?transaction|startTransaction)\s*(?:<[^;]*>)?\(/.test(text);
}

/** May a file have a derived class? Asked of every file, and most don't have both words. */
export function mayDeriveClasses(text: string): boolean {
  return text.includes("extends") && text.includes("class") && /\bclass\b/.test(text);
}

/** A directive, an operation with a receiver (a comment may stand behind the dot), or a class that tells its name. */
export function mayNeedRewriting(text: string): boolean {
  return hasDirective(text) || mayDeriveClasses(text) || /(?:\.|\*\/|\n)\s*(?:refresh|nocache|invalidate)\b/.test(text);
}

/** The text is what zcache has made already: only that imports the runtime's inner module, and has classes that tell their name. */
export function isCompiled(text: string): boolean {
  return /(?:from|require\()\s*["']zcache\/runtime["']|static "zcache\.class\.1"/.test(text);
}
