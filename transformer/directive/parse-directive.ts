import {
  type Event,
  EVENT_ID,
  FAILSAFE_SCHEMA,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  YAMLException,
} from "js-yaml";
import { explainSyntax } from "./explain-syntax";
import { type SourceText, type Span } from "../context/source-text";

/**
 * The directive's YAML as a tree with source positions. Every scalar is a string, and the option
 * decides what it means.
 */
export interface Scalar {
  readonly kind: "scalar";
  readonly text: string;
  readonly quoted: boolean;
  /** Whether the scalar has no quotes and continues on the next line. */
  readonly folded: boolean;
  /**
   * Whether there is no text, not even an empty one in quotes, because a name or a value was left
   * out. The span is then the place for it.
   */
  readonly missing: boolean;
  readonly span: Span;
  /**
   * Returns the place in the source of a part of `text`, or that of the whole scalar if escapes
   * make the part hard to find.
   */
  part(start: number, end: number): Span;
}

export interface List {
  readonly kind: "list";
  readonly items: readonly YamlValue[];
  readonly span: Span;
}

export interface Mapping {
  readonly kind: "mapping";
  readonly entries: readonly Entry[];
  readonly span: Span;
}

/** An option. `value` is null if there is none, as in `{ batch }`. */
export interface Entry {
  readonly name: Scalar;
  readonly value: YamlValue | null;
}

export type YamlValue = Scalar | List | Mapping;

export interface SyntaxProblem {
  /** Continues a sentence: `This directive can't be read: …` */
  readonly message: string;
  readonly span: Span;
}

export type ParsedDirective =
  { readonly entries: readonly Entry[] } | { readonly problem: SyntaxProblem };

/**
 * Reads the text after `@zcache`: a flow mapping whose braces may be left out or, if the first line
 * is empty, block YAML. A lone quoted string counts as an entry without a value.
 *
 * @param optionNames are used to explain what is wrong where YAML can't read the text
 */
export function parseDirective(
  source: SourceText,
  optionNames: readonly string[],
): ParsedDirective {
  if (source.text.trim() === "") return { entries: [] };
  const firstLine = source.text.split("\n", 1)[0] as string;
  const isBlock = firstLine.trim() === "";
  const isBraced = firstLine.trimStart().startsWith("{");
  // The closing brace is on a line of its own, because a YAML comment may end the last line.
  const yaml = isBlock || isBraced ? source.text : `{${source.text}\n}`;
  const shift = isBlock || isBraced ? 0 : 1;
  try {
    const events = parseEvents(yaml, { schema: FAILSAFE_SCHEMA } as Parameters<
      typeof parseEvents
    >[1]);
    return readRoot(events, yaml, (start, end) => source.span(start - shift, end - shift));
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const explained = explainSyntax(source.text, optionNames);
    if (explained)
      return {
        problem: { message: explained.message, span: source.span(explained.start, explained.end) },
      };
    const position = Math.min((error.mark?.position ?? 0) - shift, source.text.length - 1);
    return { problem: { message: `${error.reason}.`, span: source.span(position, position + 1) } };
  }
}

type ToSpan = (start: number, end: number) => Span;

function readRoot(events: readonly Event[], yaml: string, toSpan: ToSpan): ParsedDirective {
  const reader = new Reader(events, yaml, toSpan);
  const root = reader.readValue();
  if (root === null) return { entries: [] };
  if (reader.unsupported) return { problem: reader.unsupported };
  if (root.kind === "scalar") return { entries: [{ name: root, value: null }] };
  if (root.kind === "list")
    return {
      problem: {
        message: "a list is not a directive. Options are written as name: value.",
        span: root.span,
      },
    };
  const seen = new Set<string>();
  for (const { name } of root.entries) {
    if (seen.has(name.text))
      return { problem: { message: `"${name.text}" is given twice.`, span: name.span } };
    seen.add(name.text);
  }
  return { entries: root.entries };
}

class Reader {
  unsupported: SyntaxProblem | null = null;
  #next = 0;
  /** The offset after the part that was read last. */
  #at = 0;

  constructor(
    private readonly events: readonly Event[],
    private readonly yaml: string,
    private readonly toSpan: ToSpan,
  ) {
    // The document's own event comes first.
    this.#next = 1;
  }

  readValue(): YamlValue | null {
    const event = this.events[this.#next++];
    if (!event || event.type === EVENT_ID.POP || event.type === EVENT_ID.DOCUMENT) return null;
    this.#refuseExtras(event);
    if (event.type === EVENT_ID.SCALAR) return this.#scalar(event);
    if (event.type === EVENT_ID.ALIAS) return null;
    this.#at = Math.max(this.#at, event.start);
    const children = this.#children();
    const open = this.toSpan(event.start, event.start + 1);
    const span = {
      start: open.start,
      end: Math.max(open.end, ...children.map((child) => child.span.end)),
    };
    if (event.type === EVENT_ID.SEQUENCE) return { kind: "list", items: children, span };
    return { kind: "mapping", entries: this.#pairs(children), span };
  }

  #children(): YamlValue[] {
    const children: YamlValue[] = [];
    while (this.events[this.#next] && this.events[this.#next]?.type !== EVENT_ID.POP) {
      const child = this.readValue();
      if (child) children.push(child);
    }
    this.#next++;
    return children;
  }

  #pairs(children: readonly YamlValue[]): Entry[] {
    const entries: Entry[] = [];
    for (let i = 0; i + 1 < children.length; i += 2) {
      const [name, value] = [children[i] as YamlValue, children[i + 1] as YamlValue];
      if (name.kind === "scalar" && name.missing)
        this.unsupported ??= {
          message: "an option has no name before its colon.",
          span: value.span,
        };
      else if (name.kind !== "scalar")
        this.unsupported ??= { message: "an option's name is a word.", span: name.span };
      else entries.push({ name, value: value.kind === "scalar" && value.missing ? null : value });
    }
    return entries;
  }

  #scalar(event: Extract<Event, { type: typeof EVENT_ID.SCALAR }>): Scalar {
    const text = getScalarValue(this.yaml, event);
    const quoted = event.style !== SCALAR_STYLE.PLAIN;
    if (event.valueStart < 0) {
      const place = this.toSpan(this.#at, this.#at + 1);
      return {
        kind: "scalar",
        text: "",
        quoted,
        folded: false,
        missing: true,
        span: place,
        part: () => place,
      };
    }
    const raw = this.yaml.slice(event.valueStart, event.valueEnd);
    // The quotes are part of the span that is reported when the value is wrong.
    const quotes =
      event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED
        ? 1
        : 0;
    const span = this.toSpan(event.valueStart - quotes, event.valueEnd + quotes);
    this.#at = event.valueEnd + quotes;
    const part = (start: number, end: number): Span =>
      raw === text ? this.toSpan(event.valueStart + start, event.valueStart + end) : span;
    return {
      kind: "scalar",
      text,
      quoted,
      folded: event.style === SCALAR_STYLE.PLAIN && raw.includes("\n"),
      missing: false,
      span,
      part,
    };
  }

  #refuseExtras(
    event: Exclude<Event, { type: typeof EVENT_ID.POP } | { type: typeof EVENT_ID.DOCUMENT }>,
  ): void {
    const tagged = event.type !== EVENT_ID.ALIAS && event.tagStart >= 0 ? event.tagStart : -1;
    const start = Math.max(event.anchorStart, tagged);
    if (start >= 0)
      this.unsupported ??= {
        message: "anchors, aliases and tags have no meaning here.",
        span: this.toSpan(start, start + 1),
      };
  }
}
