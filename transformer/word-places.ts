import type ts from "typescript";

/** Where the words stand in a text, in order: in comments and strings too, for to find them all takes no parser. */
export function placesOf(text: string, words: Iterable<string>): number[] {
  const places: number[] = [];
  for (const word of words)
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) places.push(at);
  return places.sort((a, b) => a - b);
}

/** Is one of the places in the node, or among the comments before it? Where none is, there is nothing to look for. */
export function holdsPlace(places: readonly number[], { pos, end }: ts.TextRange): boolean {
  let first = 0;
  for (let after = places.length; first < after;) {
    const middle = (first + after) >> 1;
    if ((places[middle] as number) < pos) first = middle + 1;
    else after = middle;
  }
  const place = places[first];
  return place !== undefined && place < end;
}
