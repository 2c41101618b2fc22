/** Explains why YAML could not read a directive, in terms of what was written. */
export interface Explanation {
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Looks for the most common mistakes, the most certain first. Null means that YAML's own message is
 * good enough.
 */
export function explainSyntax(text: string, optionNames: readonly string[]): Explanation | null {
  return (
    findParentheses(text) ??
    findColon(text) ??
    findForeignQuote(text) ??
    findTab(text) ??
    findUnbalanced(text) ??
    findUnquotedTemplate(text) ??
    findSemicolon(text) ??
    findUneven(text, optionNames) ??
    findMissingComma(text, optionNames)
  );
}

/** `@zcache(ttl: 10m)` */
function findParentheses(text: string): Explanation | null {
  const match = /^\s*\(/.exec(text);
  if (!match) return null;
  return explanation(
    "a directive is not a function call. Remove the parentheses: @zcache ttl: 10m.",
    match[0].length - 1,
    match[0].length,
  );
}

/** `@zcache: ttl: 10m` */
function findColon(text: string): Explanation | null {
  return text.startsWith(":")
    ? explanation("a directive has no colon after @zcache. Write @zcache ttl: 10m.", 0, 1)
    : null;
}

/** Finds `key: “user:{id}”`. If nothing else is wrong, YAML takes such a quote to be a letter. */
export function findForeignQuote(text: string): Explanation | null {
  const start = outsideQuotes(text).search(/[“”„‟‘’‚‛«»`´]/);
  return start < 0
    ? null
    : explanation(
        `${text[start]} is not a quote in YAML. Write straight quotes: "user:{id}".`,
        start,
        start + 1,
      );
}

function findTab(text: string): Explanation | null {
  const match = /\n[^\S\n]*\t/.exec(text);
  if (!match) return null;
  const start = match.index + match[0].length - 1;
  return explanation("a tab can't indent YAML. Write spaces.", start, start + 1);
}

const closers: Readonly<Record<string, string>> = { "{": "}", "[": "]" };

/** `key: "user`, `tags: [a`, `ttl: 10m }` */
function findUnbalanced(text: string): Explanation | null {
  const open: { readonly char: string; readonly at: number }[] = [];
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    if ((char === '"' || char === "'") && /[\s,[{:]|^$/.test(text[i - 1] ?? "")) {
      const end = endOfQuote(text, i);
      if (end < 0) return explanation(`${char} is never closed.`, i, i + 1);
      i = end;
    } else if (char in closers) {
      open.push({ char, at: i });
    } else if (char === "}" || char === "]") {
      const last = open.pop();
      if (!last) return explanation(`${char} closes nothing.`, i, i + 1);
      if (closers[last.char] !== char)
        return explanation(`${last.char} is never closed.`, last.at, last.at + 1);
    }
  }
  const last = open.pop();
  return last ? explanation(`${last.char} is never closed.`, last.at, last.at + 1) : null;
}

/** `key: user:{id}` */
function findUnquotedTemplate(text: string): Explanation | null {
  const match = /(?<=^|[\s,[])[\w./@-]+(?::[\w./@-]+)*[:./-]?\{[^{}]*\}[^\s,\]]*/.exec(
    outsideQuotes(text),
  );
  if (!match) return null;
  return explanation(
    `${match[0]} needs quotes, because YAML takes {…} for a mapping. Write "${match[0]}".`,
    match.index,
    match.index + match[0].length,
  );
}

function findSemicolon(text: string): Explanation | null {
  const start = outsideQuotes(text).indexOf(";");
  return start < 0
    ? null
    : explanation("options are separated by commas, not semicolons.", start, start + 1);
}

/** Finds options on lines of their own that don't begin in the same column. */
function findUneven(text: string, optionNames: readonly string[]): Explanation | null {
  if (!isBlock(text)) return null;
  const starts = [
    ...outsideQuotes(text).matchAll(
      new RegExp(`(?<=\\n([^\\S\\n]*))(?:${optionNames.join("|")}):`, "g"),
    ),
  ];
  const column = ([, indent = ""]: RegExpExecArray): number => indent.length;
  const uneven = starts.find(
    (one, i) => i > 0 && column(one) < column(starts[0] as RegExpExecArray),
  );
  if (!uneven) return null;
  const [name] = uneven;
  return explanation(
    `"${name.slice(0, -1)}" begins further left than the options above it. Begin all of them in one column.`,
    uneven.index,
    uneven.index + name.length - 1,
  );
}

/** Whether the first line is empty, so that the options are on lines of their own. */
function isBlock(text: string): boolean {
  return (text.split("\n", 1)[0] as string).trim() === "";
}

/**
 * Finds `ttl: 10m tags: ["a"]`, on one line or, unless each option is on a line of its own, on two.
 */
function findMissingComma(text: string, optionNames: readonly string[]): Explanation | null {
  const blank = isBlock(text) ? "[^\\S\\n]+" : "\\s+";
  const match = new RegExp(`(?<=[^\\s,{[]${blank})(${optionNames.join("|")}):`, "i").exec(
    outsideQuotes(text),
  );
  if (!match) return null;
  const name = match[1] as string;
  return explanation(
    `a comma is missing before "${name}".`,
    match.index,
    match.index + name.length,
  );
}

/** Replaces quoted text by blanks, which keeps the length. */
function outsideQuotes(text: string): string {
  let out = "";
  for (let i = 0; i < text.length; i++) {
    const end = text[i] === '"' || text[i] === "'" ? endOfQuote(text, i) : -1;
    out += end < 0 ? (text[i] as string) : `"${" ".repeat(end - i - 1)}"`;
    if (end >= 0) i = end;
  }
  return out;
}

function endOfQuote(text: string, start: number): number {
  const quote = text[start] as string;
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === "\\" && quote === '"') i++;
    else if (text[i] === quote) return i;
  }
  return -1;
}

function explanation(message: string, start: number, end: number): Explanation {
  return { message, start, end };
}
