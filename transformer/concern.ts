/** What a search of a file's text can say of it, before anything is parsed: it must not miss a file, and may take one too many. */

export function hasDirective(text: string): boolean {
  return text.includes("@zcache");
}

/** A directive, or something that may be an operation. Asked of every file, of which most have not even one of the words. */
export function mayConcern(text: string): boolean {
  if (!/@zcache|refresh|nocache|invalidate/.test(text)) return false;
  return hasDirective(text) || /\.\s*(refresh|nocache|invalidate)\b|\binvalidateTag\b/.test(text);
}

/** The same without tags, which have no receiver. A comment may stand behind the dot. */
export function mayNeedRewriting(text: string): boolean {
  return hasDirective(text) || /(?:\.|\*\/|\n)\s*(?:refresh|nocache|invalidate)\b/.test(text);
}

/** The text is what zcache has made already: only that imports the runtime's inner module. */
export function isCompiled(text: string): boolean {
  return /(from\s*|require\(\s*)["']zcache\/runtime["']/.test(text);
}
