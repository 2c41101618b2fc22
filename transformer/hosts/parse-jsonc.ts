/** Parses JSON with comments and trailing commas, as in tsconfig.json. @throws SyntaxError */
export function parseJsonc(text: string): unknown {
  const plain = text
    .replace(/^\uFEFF/, "")
    // A string is matched first, so that text in it that looks like a comment is left alone.
    .replaceAll(
      /("(?:\\.|[^"\\])*")|\/\/[^\n\r]*|\/\*[\s\S]*?\*\//g,
      (_, string?: string) => string ?? " ",
    )
    .replaceAll(
      /("(?:\\.|[^"\\])*")|,(\s*[}\]])/g,
      (_, string?: string, end?: string) => string ?? end ?? "",
    );
  return JSON.parse(plain) as unknown;
}
