import test from "ava";
import ts from "typescript";
import { setOption } from "../../../transformer/editor/change-directive";
import { findDirectives } from "../../../transformer/directive/find-directives";
import { parseDirective } from "../../../transformer/directive/parse-directive";

function changed(comment: string, option: string, value: string): string | null {
  const source = `${comment}\nasync function f() {}\n`;
  const sourceFile = ts.createSourceFile("source.ts", source, ts.ScriptTarget.Latest, true);
  const [found] = findDirectives({ ts, sourceFile });
  if (!found) throw new Error("There is no directive.");
  const change = setOption(
    { ...found, directive: parseDirective(found.text, []), source },
    option,
    value,
  );
  if (!change) return null;
  const { span, text } = change;
  return (source.slice(0, span.start) + text + source.slice(span.end)).replace(
    "\nasync function f() {}\n",
    "",
  );
}

const cases: readonly (readonly [before: string, after: string])[] = [
  ["// @zcache", "// @zcache codec: structured"],
  ["// @zcache  ", "// @zcache codec: structured  "],
  ["/** @zcache */", "/** @zcache codec: structured */"],
  ["// @zcache ttl: 1h", "// @zcache ttl: 1h, codec: structured"],
  ["// @zcache batch,", "// @zcache batch, codec: structured"],
  ["// @zcache { ttl: 1h }", "// @zcache { ttl: 1h, codec: structured }"],
  ["/* @zcache ttl: 1h */", "/* @zcache ttl: 1h, codec: structured */"],
  ['// @zcache tags: ["a",\n//   "b"]', '// @zcache tags: ["a",\n//   "b"], codec: structured'],
  ["// @zcache\n//   ttl: 1h", "// @zcache\n//   ttl: 1h\n//   codec: structured"],
  [
    '// @zcache\n//   tags:\n//     - "a"\n//     - "b"',
    '// @zcache\n//   tags:\n//     - "a"\n//     - "b"\n//   codec: structured',
  ],
  [
    "/**\n * @zcache\n *   ttl: 1h\n */",
    "/**\n * @zcache\n *   ttl: 1h\n *   codec: structured\n */",
  ],
  ["// @zcache codec: json, ttl: 1h", "// @zcache codec: structured, ttl: 1h"],
  ['// @zcache codec: "json"', "// @zcache codec: structured"],
];

for (const [before, after] of cases) {
  test(`an option is set in ${JSON.stringify(before)}`, (t) => {
    t.is(changed(before, "codec", "structured"), after);
  });
}

test("a lone quoted string is the key", (t) => {
  t.is(changed('// @zcache "a:{id}", ttl: 1h', "key", '"b:{id}"'), '// @zcache "b:{id}", ttl: 1h');
});

test("what can't be read is left alone", (t) => {
  t.is(changed('// @zcache tags: ["a"', "codec", "structured"), null);
});
