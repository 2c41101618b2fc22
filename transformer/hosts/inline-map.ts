import { composeMappings } from "../text/compose-maps";

interface SourceMap {
  readonly sourcesContent?: readonly (string | null)[];
  readonly mappings: string;
}

const comment =
  /\n?\/\/# sourceMappingURL=data:application\/json;(?:charset=[\w-]+;)?base64,([\w+/=]+)\s*$/;

/** Adds a source map to a text, as compilers of one file hand it on. */
export function withInlineMap(code: string, map: string): string {
  return `${code}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString("base64")}`;
}

/**
 * Makes the inline map of compiled code lead to the user's text. Some compilers, as TypeScript,
 * take no notice of the map that comes with the text they compile, so that theirs ends at what
 * zcache has written.
 */
export function leadToSource(
  compiled: string,
  rewritten: { readonly code: string; readonly map: string },
): string {
  const [whole, encoded] = comment.exec(compiled) ?? [];
  if (whole === undefined) return compiled;
  const made = JSON.parse(Buffer.from(encoded as string, "base64").toString()) as SourceMap;
  if (made.sourcesContent?.[0]?.startsWith(rewritten.code) !== true) return compiled;
  const before = JSON.parse(rewritten.map) as SourceMap;
  const map = {
    ...made,
    sourcesContent: before.sourcesContent,
    mappings: composeMappings(made, before),
  };
  return withInlineMap(compiled.slice(0, -whole.length), JSON.stringify(map));
}
