import { readdirSync, readFileSync } from "node:fs";
import { Module } from "node:module";
import { basename, dirname, join } from "node:path";
import { runInThisContext } from "node:vm";
import test from "ava";
import ts from "typescript";
import * as ownBackend from "../../../../runtime/own-backend";
import { backendContract, FakeClock } from "../../../../runtime/testing";
import transformProgram from "../../../../transformer";

const root = join(__dirname, "../../../..");
const pages = [
  ...["README.md", "CONTRIBUTING.md"].map((name) => join(root, name)),
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(root, "docs", name)),
];

interface Example {
  /** A place such as `README.md:120`. */
  readonly place: string;
  readonly code: string;
  /** The instruction in the comment above it: `<!-- run: backend -->`. */
  readonly mark: string | null;
}

function examplesOf(page: string): Example[] {
  const text = readFileSync(page, "utf8");
  const blocks = text.matchAll(/(?:<!-- run: (\w+) -->\s*)?^([ \t]*)```ts\n(.*?)^\2```$/gms);
  return Array.from(blocks, ([block, mark = null, indent = "", code = ""], _i) => ({
    place: `${basename(page)}:${text.slice(0, text.indexOf(block)).split("\n").length}`,
    code: code.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    mark,
  }));
}

/**
 * Returns the example as it would be in a program. `…` is what an example leaves out, and a body
 * that is left out doesn't end.
 */
function withoutGaps(code: string): string {
  return code
    .replaceAll(/(?<=[(,]\s?)\{ … \}/g, "{}")
    .replaceAll("{ … }", "{ throw new Error(); }")
    .replaceAll(/^(\s*)…;?$/gm, "$1;")
    .replaceAll(/(?<=\{ )…;/g, ";");
}

/**
 * Mistakes that are made on purpose are shown in fixtures. Here the text only has to be TypeScript.
 */
const wrongOnPurpose = "diagnostics.md";
const examples = pages.flatMap(examplesOf);

test("every example in diagnostics.md is TypeScript, and says in a comment what is wrong", (t) => {
  const wrong = examples.filter(({ place }) => place.startsWith(wrongOnPurpose));
  t.true(wrong.length > 40);
  for (const { place, code } of wrong) {
    // A member of a class may be shown without its class.
    const texts = [withoutGaps(code), `class C {\n${withoutGaps(code)}\n}`];
    const [first = [], ...others] = texts.map(syntaxErrorsOf);
    t.deepEqual(others.some((list) => list.length === 0) ? [] : first, [], place);
    t.notRegex(code, /^\s*(wrong|right|hint);?$/m, place);
  }
});

/**
 * These are the parser's messages alone, because a program for each example would take too long.
 */
function syntaxErrorsOf(text: string): string[] {
  const file = ts.createSourceFile("example.ts", text, ts.ScriptTarget.ES2022) as ts.SourceFile & {
    readonly parseDiagnostics: readonly ts.Diagnostic[];
  };
  return file.parseDiagnostics.map(({ messageText }) =>
    ts.flattenDiagnosticMessageText(messageText, " "),
  );
}

test("every other example has the types that it shows, and its directives are right", (t) => {
  const files = new Map<string, string>();
  for (const [i, { place, code }] of examples.entries()) {
    if (place.startsWith(wrongOnPurpose)) continue;
    files.set(
      join(__dirname, `example-${i}-${place.replaceAll(/\W/g, "-")}.ts`),
      `${withoutGaps(code)}\nexport {};\n`,
    );
  }
  const problems = problemsOf(files);
  t.deepEqual(problems, []);
});

function problemsOf(files: ReadonlyMap<string, string>): string[] {
  const entry = (path: string): string[] => [join(root, "runtime", path)];
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts"],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: ["node"],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    paths: {
      zcache: entry("index.ts"),
      "zcache/backend": entry("own-backend.ts"),
      "zcache/testing": entry("testing/index.ts"),
      "zcache/opentelemetry": entry("observability/opentelemetry.ts"),
      "zcache/prometheus": entry("observability/prometheus.ts"),
      "zcache/bun": [join(root, "transformer/hosts/bun.ts")],
      "zcache/studio": [join(root, "studio/index.ts")],
      "zcache/*": entry("libraries/*.ts"),
    },
  };
  const host = ts.createCompilerHost(options, true);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => files.get(name) ?? readFile(name);
  host.getSourceFile = (name, version, ...rest) => {
    const text = files.get(name);
    return text === undefined
      ? getSourceFile(name, version, ...rest)
      : ts.createSourceFile(name, text, version, true);
  };
  const names = [...files.keys(), join(__dirname, "prelude.d.ts")];
  const program = transformProgram(
    ts.createProgram(names, options, host),
    host,
    { codecs: ["msgpack"] },
    { ts },
  );
  return [...files.keys()]
    .map((name) => program.getSourceFile(name) as ts.SourceFile)
    .flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ])
    .filter(({ category }) => category === ts.DiagnosticCategory.Error)
    .map(({ file, start = 0, messageText }) => {
      const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
      return `${basename(file?.fileName ?? "")}:${line} ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
    });
}

test("the backend in docs/backends.md passes the contract", async (t) => {
  const [example] = examples.filter(({ mark }) => mark === "backend");
  const { outputText } = ts.transpileModule(example?.code ?? "", {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const exported: {
    MapBackend?: new (
      keys: Map<string, ownBackend.KeyState>,
      now: () => number,
    ) => ownBackend.Backend;
  } = {};
  const load = runInThisContext(`(function (require, exports) {${outputText}\n})`) as (
    require: unknown,
    exports: object,
  ) => void;
  load(
    (name: string) =>
      name === "zcache/backend" ? ownBackend : Module.createRequire(__filename)(name),
    exported,
  );
  const { MapBackend } = exported;
  if (!MapBackend) return t.fail("docs/backends.md has no MapBackend");
  const clock = new FakeClock();
  const keys = new Map<string, ownBackend.KeyState>();
  const subject = {
    backend: new MapBackend(keys, () => clock.now()),
    put: async (key: string, bytes: Buffer, ttlMs: number) =>
      void keys.set(key, { bytes, expiresAt: clock.now() + ttlMs }),
    ttlMs: async (key: string) => {
      const state = keys.get(key);
      return state && state.expiresAt > clock.now() ? state.expiresAt - clock.now() : null;
    },
    pass: (ms: number) => clock.advance(ms),
  };
  for (const { title, run } of backendContract(() => subject)) await t.notThrowsAsync(run(), title);
});

test("every link leads to a file of the repository, and to a heading that it has", (t) => {
  const dead: string[] = [];
  for (const page of pages) {
    const text = readFileSync(page, "utf8").replaceAll(/```.*?```/gs, "");
    for (const [, target = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? page : join(dirname(page), path);
      const known = read(file);
      if (known === null) dead.push(`${basename(page)}: ${target}`);
      else if (anchor !== undefined && !anchorsOf(known).has(anchor))
        dead.push(`${basename(page)}: ${target}`);
    }
  }
  t.deepEqual(dead, []);
});

function read(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

/** Returns the anchor that GitHub makes of a heading. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = text.matchAll(/^#+ (.+)$/gm);
  return new Set(
    Array.from(headings, ([, heading = ""]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}
