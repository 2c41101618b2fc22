import test from "ava";
import fc from "fast-check";
import {
  type Entry,
  parseDirective,
  type YamlValue,
} from "../../../transformer/directive/parse-directive";
import { optionNames } from "../../../transformer/directive/resolve-options";
import { SourceText, type Span } from "../../../transformer/context/source-text";

const directives: readonly (readonly [text: string, entries: Record<string, unknown>])[] = [
  ["", {}],
  [" ttl: 10m", { ttl: "10m" }],
  [" { ttl: 10m }", { ttl: "10m" }],
  [" { ttl: 10m, } # ten", { ttl: "10m" }],
  [' "user:{id}"', { "user:{id}": null }],
  [" batch, ttl: 1h", { batch: null, ttl: "1h" }],
  [" batch", { batch: null }],
  [' tags: ["a", b]', { tags: ["a", "b"] }],
  [" namespace: 007", { namespace: "007" }],
  ["\n  key: a\n  tags:\n    - b\n    - c", { key: "a", tags: ["b", "c"] }],
  ["\n  # nothing", {}],
];

for (const [text, entries] of directives) {
  test(`@zcache${JSON.stringify(text).slice(1, -1)} is read`, (t) => {
    const parsed = parseDirective(sourceOf(text), optionNames);
    if ("problem" in parsed) return t.fail(parsed.problem.message);
    t.deepEqual(
      Object.fromEntries(
        parsed.entries.map(({ name, value }) => [name.text, value && plain(value)]),
      ),
      entries,
    );
  });
}

test("a scalar has its place, and those of its parts, across the lines of a comment", (t) => {
  const file = '/**\n * @zcache\n *   key: "user:{id}"\n *   ttl: 10m\n */';
  const lines = ["", '     key: "user:{id}"', "     ttl: 10m"];
  const source = new SourceText(
    lines.map((text) => ({
      text,
      start: text === "" ? file.indexOf("\n", 5) : file.indexOf(text.trim()) - 5,
    })),
  );
  const parsed = parseDirective(source, optionNames);
  if ("problem" in parsed) return t.fail(parsed.problem.message);
  const [key, ttl] = parsed.entries.map(({ value }) => value);
  if (key?.kind !== "scalar" || ttl?.kind !== "scalar") return t.fail();
  const cut = ({ start, end }: { start: number; end: number }): string => file.slice(start, end);
  t.is(cut(key.span), '"user:{id}"');
  t.is(cut(key.part(6, 8)), "id");
  t.is(cut(ttl.span), "10m");
});

const mistakes: readonly (readonly [text: string, message: RegExp, place: string])[] = [
  [" key: “{a}”", /straight/, "“"],
  ["(key: {a}})", /parentheses/, "("],
  [' key: "a', /never closed/, '"'],
  [" tags: [a", /never closed/, "["],
  [" tags: [a}", /never closed/, "["],
  [" ttl: 1m }", /closes nothing/, "}"],
  [' ttl: 1m tags: ["a"]', /comma is missing before "tags"/, "tags"],
  [' ttl: 1m; tags: ["a"]', /semicolons/, ";"],
  [" key: a:b:{id}/{x}", /Write "a:b:\{id\}\/\{x\}"/, "a:b:{id}/{x}"],
  ["\n  ttl: 1m\n\tkey: a", /tab/, "\t"],
  [" ttl: 1m, ttl: 2m", /"ttl" is given twice/, "ttl"],
  ["\n  - a", /list/, "a"],
  [" : 5", /no name before its colon/, "5"],
  [" {: 5}", /no name before its colon/, "5"],
  ['\n  : "find:{id}"', /no name before its colon/, "find:{id}"],
  ["\n  ttl: 5s\n  : 1", /no name before its colon/, "1"],
];

for (const [text, message, place] of mistakes) {
  test(`@zcache${JSON.stringify(text).slice(1, -1)} is explained`, (t) => {
    const parsed = parseDirective(sourceOf(text), optionNames);
    if (!("problem" in parsed)) return t.fail("It was read.");
    t.regex(parsed.problem.message, message);
    const { start, end } = parsed.problem.span;
    t.true(text.slice(start, end).includes(place), text.slice(start, end));
  });
}

test("whatever is written, each place is within it", (t) => {
  const pieces = [
    " ",
    "\n  ",
    ":",
    ": ",
    "-",
    "- ",
    "?",
    "? ",
    ",",
    "[",
    "]",
    "{",
    "}",
    '"',
    "'",
    "a",
    "ttl: 1s",
    "#",
    "&x",
    "*x",
    "!t",
    "|",
    ">",
  ];
  const texts = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((all) => all.join(""));
  fc.assert(
    fc.property(texts, (text) => {
      const parsed = parseDirective(sourceOf(text), optionNames);
      for (const { start, end } of "problem" in parsed
        ? [parsed.problem.span]
        : spansOf(parsed.entries))
        if (start < 0 || end < start || end > text.length)
          throw new Error(`${start} to ${end} of ${text.length}`);
    }),
    { numRuns: 2_000 },
  );
  t.pass();
});

function spansOf(entries: readonly Entry[]): Span[] {
  const ofValue = (value: YamlValue): Span[] => {
    if (value.kind === "scalar") return [value.span, value.part(0, value.text.length)];
    if (value.kind === "list") return [value.span, ...value.items.flatMap(ofValue)];
    return [value.span, ...spansOf(value.entries)];
  };
  return entries.flatMap(({ name, value }) => [...ofValue(name), ...(value ? ofValue(value) : [])]);
}

function sourceOf(text: string): SourceText {
  let start = 0;
  return new SourceText(
    text.split("\n").map((line) => {
      const at = start;
      start += line.length + 1;
      return { text: line, start: at };
    }),
  );
}

function plain(value: YamlValue): unknown {
  if (value.kind === "scalar") return value.text;
  if (value.kind === "list") return value.items.map(plain);
  return Object.fromEntries(
    value.entries.map((entry) => [entry.name.text, entry.value && plain(entry.value)]),
  );
}
