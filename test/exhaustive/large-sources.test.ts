import test from "ava";
import ts from "typescript";
import { createTransformer } from "../../transformer";
import { resolvePluginOptions } from "../../transformer/context/plugin-options";
import { Session } from "../../transformer/program/session";
import { transformText } from "../../transformer/text/transform-text";

/**
 * These are sources that a generator or an attacker may write. Each one compiles, or is refused
 * with a message, and none exhausts the stack.
 */

const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2022.d.ts"],
  module: ts.ModuleKind.CommonJS,
  types: [],
};
/** The standard library is parsed once for all tests. */
const parsed = new Map<string, ts.SourceFile | undefined>();
const options = resolvePluginOptions({ namespace: "large" });

/** Returns the messages of the checks, and the emitted code if there are none. */
function compile(text: string): { readonly problems: string[]; readonly emitted: string } {
  const host = ts.createCompilerHost(compilerOptions, true);
  const file = ts.createSourceFile("/large/source.ts", text, ts.ScriptTarget.ES2022, true);
  const { getSourceFile } = host;
  host.getSourceFile = (name, ...rest) => {
    if (name === file.fileName) return file;
    if (!parsed.has(name)) parsed.set(name, getSourceFile(name, ...rest));
    return parsed.get(name);
  };
  const program = ts.createProgram([file.fileName], compilerOptions, host);
  const session = new Session({ ts, compilerOptions, options, packages: ts.sys, program });
  const problems = session
    .diagnosticsOf(file)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));
  let emitted = "";
  if (problems.length === 0) {
    const before = [createTransformer(ts, compilerOptions, { namespace: "large" }, program)];
    program.emit(file, (_, output) => (emitted += output), undefined, false, { before });
  }
  return { problems, emitted };
}

const load = (directive: string, body = "id"): string =>
  `// @zcache ${directive}\nexport async function load(id: number): Promise<number> {\n  return ${body};\n}\n`;

test("a chain of 5,000 names is read with types", (t) => {
  const { problems, emitted } = compile(
    load("", Array.from({ length: 5_000 }, () => "id").join(" + ")),
  );
  t.deepEqual(problems, []);
  t.regex(emitted, /attach\(load/);
});

test("a key with 2,000 placeholders is made", (t) => {
  const { problems, emitted } = compile(load(`key: "${"{id}:".repeat(2_000)}"`));
  t.deepEqual(problems, []);
  t.is(emitted.split("$(id)").length, 2_001);
});

for (const [name, expression] of [
  ["a chain of 5,000 operators", Array.from({ length: 5_000 }, () => "id").join(" + ")],
  ["3,000 parentheses", `${"(".repeat(3_000)}id${")".repeat(3_000)}`],
  ["600 brackets", `${"[".repeat(600)}id${"]".repeat(600)}`],
] as const)
  test(`${name} in a placeholder are too deep, and the message is short`, (t) => {
    const { problems } = compile(load(`key: "load:{${expression}}"`));
    t.is(problems.length, 1);
    t.regex(
      problems[0] as string,
      /is nested in more than 500 levels\. Move it into a method, and call that\./,
    );
    t.true((problems[0] as string).length < 300);
  });

test("a comment of 160 kB that says @zcache 20,000 times is read once", (t) => {
  const { problems } = compile(`// ${"@zcache ".repeat(20_000)}\n${load("")}`);
  t.true(problems.length > 0 && problems.every((one) => /\[zcache\/[\w-]+\]$/.test(one)));
});

test("a misspelt word above a function 10,000 times is one hint", (t) => {
  const { problems } = compile("// @zcahe\n".repeat(10_000) + load("").replace("// @zcache", ""));
  t.deepEqual(problems, []);
});

test("a function changes a variable 1,000 times", (t) => {
  const { problems, emitted } = compile(
    load("", `((x) => (${"x++, ".repeat(1_000)} x))(id)`).replace("((x)", "((x: number)"),
  );
  t.deepEqual(problems, []);
  t.regex(emitted, /attach\(load/);
});

test("a file has 10,000 directives", (t) => {
  const text = Array.from({ length: 10_000 }, (_, i) => load("").replace("load", `load${i}`)).join(
    "",
  );
  const { code, problems } = transformText(text, "/large/source.ts", {
    options,
    experimentalDecorators: false,
  });
  t.deepEqual(problems, []);
  t.is((code ?? "").match(/attach\(load\d+,/g)?.length, 10_000);
});
