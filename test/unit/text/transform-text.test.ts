import { SourceMap } from "node:module";
import test from "ava";
import ts from "typescript";
import { resolvePluginOptions } from "../../../transformer/context/plugin-options";
import { composeMappings } from "../../../transformer/text/compose-maps";
import { transformText, type TextResult } from "../../../transformer/text/transform-text";

const annotated = "// @zcache\nexport async function load(id: number) { return id; }\n";

function transform(
  text: string,
  fileName = "/project/src/service.ts",
  experimentalDecorators = false,
): TextResult {
  return transformText(text, fileName, {
    options: resolvePluginOptions({ namespace: "shop" }),
    experimentalDecorators,
  });
}

function codeOf(text: string, fileName?: string): string {
  const { code, problems } = transform(text, fileName);
  if (problems.length > 0 || code === null) throw new Error(JSON.stringify(problems));
  return code;
}

test("a file without a directive, an operation or a derived class is left alone", (t) => {
  for (const text of [
    "",
    "export const refresh = 1;",
    "users.refresh;",
    "// a cache\nfetch(url);",
    "interface A extends B {}",
  ])
    t.deepEqual(transform(text), { code: null, map: null, problems: [] }, text);
});

test("a file that only calls an operation is rewritten, however the call is written", (t) => {
  for (const call of [
    "users.find.refresh(1);",
    "users\n  .find\n  .refresh(1);",
    "users.find./* again */refresh(1);",
    "users.find. // again\n refresh(1);",
    "users?.find?.invalidate(1);",
    "users[name].nocache(1);",
    "(users.find as any)!.refresh(1);",
  ])
    t.regex(codeOf(call), /zc_at\(users\b/, call);
});

test("rewritten code is not rewritten again", (t) => {
  const texts = [
    annotated,
    "users.find.refresh(1);",
    "export class A extends B { load = 1; }",
    "const zc = 1;\n" + annotated,
  ];
  for (const text of texts) t.is(transform(codeOf(text)).code, null, text);
});

test("no line moves", (t) => {
  const text = `import a from "a";
// @zcache
export default async function (
  id: number, // the id
) { return a(id); }
const o = {
  // @zcache
  async
    get(id: number) { return id; },
};
a
  .b
  /* c */
  .refresh(
    1,
  ); const last = "last";
`;
  const lines = text.replace("async\n    get", "async get").split("\n");
  const made = codeOf(lines.join("\n")).split("\n");
  for (const [i, line] of lines.entries()) {
    const word = /\w+/.exec(line.replaceAll(/export default|async|refresh/g, ""))?.[0];
    if (word) t.true(made[i]?.includes(word), `${i}: ${made[i]}`);
  }
});

test("code comes after what must stay at the top", (t) => {
  const top =
    /^#!\/usr\/bin\/env node\n"use strict";\s*import \{ .* \} from "zcache\/runtime"; var load_attached = \/\* @__PURE__ \*\/ zc_attach\(/;
  t.regex(codeOf(`#!/usr/bin/env node\n"use strict"\n${annotated}`), top);
  t.regex(codeOf(`\uFEFF${annotated}`), /^\uFEFFimport /);
  t.regex(
    codeOf(`/** @jest-environment node */\n\n${annotated}`),
    /^\/\*\* @jest-environment node \*\/\n\nimport /,
  );
  t.regex(
    codeOf(`/* istanbul ignore next */\n${annotated}`),
    /^import .*\/\* istanbul ignore next \*\//s,
  );
  t.regex(codeOf(`// @ts-nocheck\n${annotated}`), /^\/\/ @ts-nocheck\n/);
});

test("a return is not separated from its value", (t) => {
  t.regex(
    codeOf("function f() {\n  return (\n    a.b\n  ).refresh(1);\n}"),
    /return zc_at\(\na\n, "b"\)\.refresh/,
  );
});

test("line ends stay what they are", (t) => {
  const text = annotated.replaceAll("\n", "\r\n");
  t.is(codeOf(text).slice(0, -1).split("\r\n").length, 3);
});

test("a statement that would begin with a parenthesis doesn't continue the one before", (t) => {
  const code = codeOf(
    "class A { #m = f\n  run(a: A) {\n    const x = f\n    a.#m.refresh(1)\n  } }",
  );
  t.regex(code, /f\n    ;\(\(value\) => /);
  t.notRegex(codeOf("class A { #m = f; run(a: A) { if (x) a.#m.refresh(1); } }"), /;\(\(/);
});

test("the runtime is imported in the way of the file", (t) => {
  const plain = annotated.replace("export ", "");
  t.regex(codeOf(annotated), /import \{ .* \} from "zcache\/runtime"/);
  t.regex(
    codeOf(`import fs = require("fs");\n${plain}export = load;\n`),
    /const \{ .* \} = require\("zcache\/runtime"\)/,
  );
  t.regex(codeOf(plain, "/project/src/service.cts"), /require\("zcache\/runtime"\)/);
  t.regex(codeOf(plain, "/project/src/service.mts"), /from "zcache\/runtime"/);
  t.regex(codeOf(`const fs = require("fs");\n${plain}`), /require\("zcache\/runtime"\)/);
});

test("a file with a directive that can't be parsed is an error at its place, and not half rewritten", (t) => {
  const { code, problems } = transform(`${annotated}const = 1;\n`);
  t.is(code, null);
  t.is(problems.length, 1);
  t.regex(problems[0]?.message ?? "", /can't be read, so nothing in it can be cached/);
  t.is(problems[0]?.start, annotated.length + "const ".length);
  t.deepEqual(transform("users.find.refresh(1); const = 1;"), {
    code: null,
    map: null,
    problems: [],
  });
});

test("a function with a mistake stays as it was, beside one that is cached; all mistakes are reported", (t) => {
  const wrong =
    '// @zcache ttl: soon\nexport async function a() {}\n// @zcache key: "{x}"\nexport async function b() {}\n';
  const { code, problems } = transform(annotated + wrong);
  t.is(problems.length, 2);
  t.regex(code ?? "", /load_loader/);
  t.notRegex(code ?? "", /a_loader|b_loader/);
});

test("a bare case is refused with advice", (t) => {
  const { problems } = transform(
    "switch (x) { case 1:\n// @zcache\nasync function f() { return 1; }\n}",
  );
  t.regex(problems[0]?.message ?? "", /Put braces around it/);
});

test("text inside strings, templates and JSX is not a directive", (t) => {
  t.is(transform('const a = "// @zcache";\nconst b = `\n// @zcache\n${f}`;').code, null);
  t.is(transform("const a = <p>// @zcache</p>;", "/project/src/a.tsx").code, null);
});

test("legacy decorators of a class without a name give it one", (t) => {
  const text = "@dec export default class {\n  // @zcache\n  async load() { return 1; } }";
  t.regex(transform(text, undefined, true).code ?? "", /class default_1 \{/);
});

test("places are exact through the map, and through a compiler's map after it", (t) => {
  const source = `
// @zcache
export async function declaration() { throw new Error("in declaration"); }
// @zcache
export const arrow = async () => {
  throw new Error("in arrow");
};
class Service {
  // @zcache
  async method() { throw new Error("in method"); }
  // @zcache
  async #private() {
    throw new Error("in private");
  }
  run(service: Service) { return service.method.refresh("in operation", this.#private()); }
}
const object = {
  // @zcache
  async member() { throw new Error("in member"); },
};
throw new Error("after all");
`;
  const { code, map } = transform(source);
  const place = (text: string, part: string) => {
    const before = text.slice(0, text.indexOf(part)).split("\n");
    return { line: before.length - 1, column: (before.at(-1) as string).length };
  };
  const ours = new SourceMap(JSON.parse(String(map)) as ConstructorParameters<typeof SourceMap>[0]);
  const compiled = ts.transpileModule(code ?? "", {
    compilerOptions: { sourceMap: true, target: ts.ScriptTarget.ES2022 },
  });
  const theirs = new SourceMap(
    JSON.parse(compiled.sourceMapText as string) as ConstructorParameters<typeof SourceMap>[0],
  );
  const marks = [...source.matchAll(/"(?:in|after) \w+"/g)];
  t.is(marks.length, 7);
  for (const [mark] of marks) {
    const emitted = place(compiled.outputText, mark);
    const between = theirs.findEntry(emitted.line, emitted.column) as {
      originalLine: number;
      originalColumn: number;
    };
    const entry = ours.findEntry(between.originalLine, between.originalColumn) as typeof between;
    t.deepEqual(
      { line: entry.originalLine, column: entry.originalColumn },
      place(source, mark),
      mark,
    );
  }
});

test("what zcache inserts comes from nowhere, so that coverage counts only what the user wrote", (t) => {
  const source = `// @zcache
export async function declaration(id: number) { return id; }
// @zcache
export const arrow = async (id: number) => {
  return id;
};
class Service {
  // @zcache
  async method(id: number) { return id; }
}
`;
  const { code, map } = transform(source);
  const compiled = ts.transpileModule(code ?? "", {
    compilerOptions: { sourceMap: true, target: ts.ScriptTarget.ES2022 },
  });
  const maps: [string, { mappings: string }][] = [
    [code ?? "", map as { mappings: string }],
    [
      compiled.outputText,
      {
        mappings: composeMappings(
          JSON.parse(compiled.sourceMapText as string) as { mappings: string },
          map as never,
        ),
      },
    ],
  ];
  for (const [text, { mappings }] of maps) {
    const entries = new SourceMap({
      version: 3,
      sources: ["a.ts"],
      names: [],
      file: "",
      sourceRoot: "",
      mappings,
    } as never);
    const lineIn = (part: string): number | undefined => {
      const before = text.slice(0, text.indexOf(part)).split("\n");
      const found = entries.findEntry(before.length - 1, (before.at(-1) as string).length);
      return "originalLine" in found ? found.originalLine : undefined;
    };
    for (const inserted of [
      "_attached =",
      "async function declaration(",
      "static {",
      "function arrow_plan(",
    ]) {
      t.true(text.includes(inserted), inserted);
      t.is(lineIn(inserted), undefined, inserted);
    }
    t.is(lineIn("declaration_loader(id"), 1);
    t.is(lineIn("return id;"), 1);
    t.is(lineIn("arrow = "), 3);
    t.is(lineIn("method(id"), 8);
  }
});
