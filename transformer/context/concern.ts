/**
 * Searches the text of a file before anything is parsed. The search must not miss a file, and may
 * select one that turns out not to need work.
 */

export function hasDirective(text: string): boolean {
  return text.includes("@zcache");
}

/**
 * Whether the file has a directive, or something that may be an operation. It is called for every
 * file, and most files have none of the words.
 */
export function mayConcern(text: string): boolean {
  if (!/@zcache|refresh|nocache|invalidate/.test(text)) return false;
  return hasDirective(text) || /\.\s*(refresh|nocache|invalidate)\b|\binvalidateTag\b/.test(text);
}

/**
 * Whether the file may begin a transaction whose callback calls code in another file that
 * invalidates.
 */
export function mayHaveTransaction(text: string): boolean {
  return (
    text.includes("ransaction") &&
    /\b(?:\$?transaction|startTransaction)\s*(?:<[^;]*>)?\(/.test(text)
  );
}

/**
 * Whether the file may have a derived class. It is called for every file, and most files don't have
 * both words.
 */
export function mayDeriveClasses(text: string): boolean {
  return text.includes("extends") && text.includes("class") && /\bclass\b/.test(text);
}

/**
 * Whether the file has a directive, an operation with a receiver (a comment may follow the dot), or
 * a class that has to state its name at run time.
 */
export function mayNeedRewriting(text: string): boolean {
  return (
    hasDirective(text) ||
    mayDeriveClasses(text) ||
    /(?:\.|\*\/|\n)\s*(?:refresh|nocache|invalidate)\b/.test(text)
  );
}

/**
 * Whether zcache has already compiled the text: only compiled text imports the runtime's inner
 * module and has classes that state their name.
 */
export function isCompiled(text: string): boolean {
  return /(?:from|require\()\s*["']zcache\/runtime["']|static "zcache\.class\.1"/.test(text);
}
