// @zcache key: "search:{text.trim().toLowerCase()}:{tags.length}:{tags.slice().sort().join('+')}"
export async function search(text: string, tags: string[]): Promise<string[]> {
  return [text.trim().toLowerCase(), ...tags.slice().sort()];
}
