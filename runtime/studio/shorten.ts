/** Returns the text, or its beginning and how long it is if it is longer than that. */
export function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}… (${text.length} characters)`;
}
