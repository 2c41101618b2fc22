import { type Entry, type ParsedDirective } from "../directive/parse-directive";
import { type SourceText, type Span } from "../context/source-text";

/** A change of the source text: the text at `span` is replaced by `text`. */
export interface Change {
  readonly span: Span;
  readonly text: string;
}

export interface Place {
  readonly word: Span;
  readonly text: SourceText;
  readonly directive: ParsedDirective;
  /** The text of the whole file. */
  readonly source: string;
}

/**
 * Sets an option to another value, or adds it as the last one in the form that the directive has.
 * Returns null if the directive can't be read.
 */
export function setOption(
  { word, text, directive, source }: Place,
  option: string,
  value: string,
): Change | null {
  if ("problem" in directive) return null;
  const given = directive.entries.find((entry) => nameOf(entry) === option);
  if (given) {
    const span = given.value?.span ?? given.name.span;
    return { span, text: value };
  }
  const added = `${option}: ${value}`;
  const [first] = directive.entries;
  if (!first) return insert(word.end, ` ${added}`);
  const trimmed = text.text.trimEnd();
  if (/^[ \t]*\n/.test(trimmed))
    return insert(text.at(trimmed.length), `\n${leadOf(source, first)}${added}`);
  const isBraced = trimmed.trimStart().startsWith("{");
  const before = isBraced ? trimmed.slice(0, -1).trimEnd() : trimmed;
  return insert(text.at(before.length), `${/[{,]$/.test(before) ? "" : ","} ${added}`);
}

/** Returns the entry's option. A lone quoted string is the key. */
function nameOf({ name, value }: Entry): string {
  return name.quoted && value === null ? "key" : name.text;
}

/** Returns the text before an option in its line: blanks and comment marks. */
function leadOf(source: string, { name: { span } }: Entry): string {
  return source.slice(source.lastIndexOf("\n", span.start) + 1, span.start);
}

function insert(at: number, text: string): Change {
  return { span: { start: at, end: at }, text };
}
