import { execFileSync } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { transformSync } from "esbuild";
import ts from "typescript";
import { createTransformer } from "../../../transformer";
import { resolvePluginOptions } from "../../../transformer/context/plugin-options";
import { transformText } from "../../../transformer/text/transform-text";

/**
 * These tests compare cached functions with those that they replace. Each module of the folder
 * same-function runs on the built package, compiled without zcache, compiled with it and disabled,
 * and with the cache, and its answers are compared.
 */
const folder = join(__dirname, "same-function");

const directory = mkdtempSync(join(tmpdir(), "zcache-same-"));
test.after.always(() => rmSync(directory, { recursive: true, force: true }));
mkdirSync(join(directory, "node_modules"));
symlinkSync(join(__dirname, "../../.."), join(directory, "node_modules/zcache"));
writeFileSync(join(directory, "package.json"), '{ "name": "same", "type": "module" }');

interface Way {
  readonly kind: "plain" | "disabled" | "cached";
  /**
   * It says what writes the emitted code: a transformer of the compiler, or the text that every
   * other host compiles.
   */
  readonly writer: "nodes" | "text";
  readonly decorators: "standard" | "legacy";
  readonly target?: Target;
  /** esbuild is asked to keep names, as tsx does. */
  readonly compiler?: "typescript" | "esbuild";
}

type Target = "ES2017" | "ES2020" | "ES2022";

const ways = (["disabled", "cached"] as const).flatMap((kind) =>
  (["nodes", "text"] as const).flatMap((writer) =>
    (["standard", "legacy"] as const).map((decorators): Way => ({ kind, writer, decorators })),
  ),
);

const plainAnswers = new Map<string, Answers>();

type Answers = Readonly<Record<string, unknown>>;

function plainAnswersOf(module: string, decorators: Way["decorators"]): Answers {
  const key = `${module} ${decorators}`;
  if (!plainAnswers.has(key))
    plainAnswers.set(key, answersOf(module, { kind: "plain", writer: "nodes", decorators }));
  return plainAnswers.get(key) as Answers;
}

function answersOf(module: string, way: Way): Answers {
  const { kind, writer, decorators, target = "ES2022", compiler = "typescript" } = way;
  const compiled = join(
    directory,
    `${[module, kind, writer, decorators, target, compiler].join("-")}.mjs`,
  );
  writeFileSync(compiled, compile(join(folder, `${module}.mts`), way));
  const program = `import * as own from ${JSON.stringify(compiled)};
    console.log(JSON.stringify(await own.answersOf(own)));`;
  const env = { ...process.env, ZCACHE_DISABLED: kind === "disabled" ? "1" : "" };
  const command = ["--input-type=module", "--eval", program];
  return JSON.parse(execFileSync(process.execPath, command, { env, encoding: "utf8" })) as Answers;
}

function compile(
  fileName: string,
  { kind, writer, decorators, target = "ES2022", compiler }: Way,
): string {
  const experimentalDecorators = decorators === "legacy";
  const compilerOptions = {
    target: ts.ScriptTarget[target],
    module: ts.ModuleKind.ESNext,
    experimentalDecorators,
  };
  const transformers = {
    before: kind === "plain" || writer === "text" ? [] : [createTransformer(ts, compilerOptions)],
  };
  const source = readFileSync(fileName, "utf8");
  const text =
    kind !== "plain" && writer === "text"
      ? writeText(source, fileName, experimentalDecorators)
      : source;
  if (compiler === "esbuild")
    return transformSync(text, { loader: "ts", target: target.toLowerCase(), keepNames: true })
      .code;
  return ts.transpileModule(text, { fileName, compilerOptions, transformers }).outputText;
}

function writeText(source: string, fileName: string, experimentalDecorators: boolean): string {
  const { code, problems } = transformText(source, fileName, {
    options: resolvePluginOptions({}),
    experimentalDecorators,
  });
  if (code === null) throw new Error(`Nothing was written: ${JSON.stringify(problems)}`);
  return code;
}

for (const way of ways) {
  const title = `${way.kind}, ${way.writer}, ${way.decorators} decorators`;

  test(`a function is what it was in every way that a program can ask (${title})`, (t) => {
    const plain = plainAnswersOf("forms", way.decorators);
    const own = answersOf("forms", way);
    t.is(Object.keys(plain).length, 29);
    for (const [name, answers] of Object.entries(plain)) t.deepEqual(own[name], answers, name);
  });

  // These have no decorators.
  if (way.decorators === "legacy") continue;

  test(`what a program does with functions means what it meant (${title})`, (t) => {
    const plain = plainAnswersOf("situations", way.decorators);
    const own = answersOf("situations", way);
    t.is(Object.keys(plain).length, 27);
    for (const [name, answers] of Object.entries(plain)) t.deepEqual(own[name], answers, name);
  });

  for (const target of ["ES2017", "ES2020", "ES2022"] as const)
    test(`a class without a name that is the default export (${title}, ${target})`, (t) => {
      const plain: Way = { kind: "plain", writer: "nodes", decorators: "standard", target };
      t.deepEqual(
        answersOf("default-class", { ...way, target }),
        answersOf("default-class", plain),
      );
    });

  for (const target of ["ES2017", "ES2022"] as const)
    test(`classes without a name of their own (${title}, ${target})`, (t) => {
      const plain: Way = { kind: "plain", writer: "nodes", decorators: "standard", target };
      t.deepEqual(answersOf("class-names", { ...way, target }), answersOf("class-names", plain));
    });

  const compilers = [
    { target: "ES2017", compiler: "typescript" },
    { target: "ES2022", compiler: "typescript" },
    ...(way.writer === "text" ? [{ target: "ES2017", compiler: "esbuild" } as const] : []),
  ] as const;
  for (const { target, compiler } of compilers)
    test(`a loader with another name shows that of the source (${title}, ${target}, ${compiler})`, (t) => {
      const compiled: Way = { ...way, target, compiler };
      t.deepEqual(
        answersOf("names", compiled),
        answersOf("names", { ...compiled, kind: "plain", writer: "nodes" }),
      );
    });

  test(`the stack of a loader's error has its callers (${title})`, (t) => {
    const plain = plainAnswersOf("stacks", way.decorators) as Record<string, string[]>;
    const own = answersOf("stacks", way);
    t.is(Object.keys(plain).length, 87);
    for (const [name, frames] of Object.entries(plain))
      t.deepEqual(own[name], expectedOf(frames, name, way.kind), name);
  });
}

/**
 * It is what is expected of the program's frames, where they differ from those of the plain program
 * (docs/differences.md).
 */
function expectedOf(frames: readonly string[], name: string, kind: Way["kind"]): readonly string[] {
  // The loader itself makes the promise, so zcache can't change the stack of the error that it
  // rejects with.
  if (kind === "disabled" && name === "plain, rejected")
    return ["plain", "zcache.run", "zcache.call", "plain", "plain", "program"];
  // A function that fails at once fails later with the cache. Callers that await it are known then,
  // and callers that only called it are not.
  // An async function that returns a promise without awaiting it has no frame, but zcache knows the
  // functions that await it.
  if (name.startsWith("returns ") && (kind === "cached" || !name.endsWith(", at once")))
    return [...frames.slice(0, 1), name.replace(/, .*/, ""), "program"];
  if (kind === "cached" && name.endsWith(", at once"))
    return frames.filter((frame) => !/hands|callsHidden/.test(frame));
  return frames;
}

test("every file of the package is strict", (t) => {
  for (const file of ["zcache", "index", "runtime", "codecs/structured-codec"])
    t.regex(
      readFileSync(join(__dirname, `../../../dist/runtime/${file}.js`), "utf8"),
      /^"use strict";/,
      file,
    );
});

test("the classes of the package have their own names in its bundle", (t) => {
  const exported = require("../../../dist/runtime/zcache.js") as Record<string, { name: string }>;
  const names = Object.keys(exported).filter((name) => /^[A-Z]/.test(name));
  t.true(names.includes("RedisBackend"));
  t.deepEqual(
    names.map((name) => exported[name]?.name),
    names,
  );
});

test("a chain of thousands of operators compiles", (t) => {
  // The names are numbers, because the compiler looks for each name by climbing to the top of the
  // chain.
  const chain = `id${" + 1".repeat(5_000)}`;
  const source = `// @zcache\nexport async function sum(id: number): Promise<number> {\n  return ${chain};\n}\n`;
  const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  const transformers = { before: [createTransformer(ts, options)] };
  const { outputText } = ts.transpileModule(source, {
    fileName: "chain.ts",
    compilerOptions: options,
    transformers,
  });
  t.regex(outputText, /zc\.attach\(sum/);
});
