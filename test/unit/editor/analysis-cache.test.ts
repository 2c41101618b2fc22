import { join } from "node:path";
import test from "ava";
import ts from "typescript";
import { AnalysisCache } from "../../../transformer/program/analysis-cache";
import { resolvePluginOptions } from "../../../transformer/context/plugin-options";
import { Session } from "../../../transformer/program/session";

/**
 * A language service has the sources in memory. Each edit makes a new program of the same files and
 * a new one.
 */
class Sources {
  readonly analyses = new AnalysisCache();
  readonly #texts = new Map<string, { text: string; version: number }>();
  readonly #service: ts.LanguageService;

  constructor(files: Record<string, string>) {
    for (const [name, text] of Object.entries(files)) this.write(name, text);
    const textOf = (path: string): string | undefined =>
      this.#texts.get(path)?.text ?? ts.sys.readFile(path);
    this.#service = ts.createLanguageService({
      getCompilationSettings: () => ({
        target: ts.ScriptTarget.ES2022,
        lib: ["lib.es2023.d.ts"],
        types: [],
        strict: true,
      }),
      getScriptFileNames: () => [...this.#texts.keys()],
      getScriptVersion: (path) => String(this.#texts.get(path)?.version ?? 0),
      getScriptSnapshot: (path) => {
        const text = textOf(path);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => __dirname,
      getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
      fileExists: (path) => textOf(path) !== undefined,
      readFile: textOf,
    });
  }

  write(name: string, text: string): void {
    const path = join(__dirname, name);
    this.#texts.set(path, { text, version: (this.#texts.get(path)?.version ?? 0) + 1 });
  }

  /** Returns the names of the problems of a file, as an editor asks for them after a key press. */
  problems(name: string): string[] {
    const program = this.#service.getProgram() as ts.Program;
    const session = new Session({
      ts,
      compilerOptions: program.getCompilerOptions(),
      options: resolvePluginOptions({}),
      packages: ts.sys,
      program,
      analyses: this.analyses,
    });
    const file = program.getSourceFile(join(__dirname, name)) as ts.SourceFile;
    return session.problemsOf(file).map((problem) => problem.name);
  }
}

const annotated = (i: number): string =>
  `// @zcache tags: ["t${i}:{id}"]\nexport async function f${i}(id: number): Promise<number> { return id; }\n`;

test("after a key press only the file that changed is analysed again", (t) => {
  const files = Array.from({ length: 20 }, (_, i) => [`m${i}.ts`, annotated(i)] as const);
  const sources = new Sources(Object.fromEntries(files));
  sources.problems("m3.ts");
  t.is(sources.analyses.analyzed, 20);
  for (let i = 0; i < 5; i++) {
    sources.write("m3.ts", `${annotated(3)}// ${"x".repeat(i)}`);
    sources.problems("m3.ts");
  }
  t.is(sources.analyses.analyzed, 25);
  sources.problems("m4.ts");
  t.is(sources.analyses.analyzed, 25);
});

test("an analysis that asked for types is repeated for each program", (t) => {
  const sources = new Sources({
    "list.ts": `import { loadAll } from "./load";\n// @zcache\nexport function list(id: number) { return loadAll(id); }\n`,
    "load.ts": `export async function loadAll(id: number): Promise<number> { return id; }\n`,
  });
  t.deepEqual(sources.problems("list.ts"), []);
  sources.write("load.ts", `export function loadAll(id: number): number { return id; }\n`);
  t.deepEqual(sources.problems("list.ts"), ["not-async"]);
});

test("a fingerprint in the key follows the types of other files", (t) => {
  const sources = new Sources({
    "list.ts": `import { type Row } from "./row";\n// @zcache version: auto\nexport async function list(id: number): Promise<Row> { return id as never; }\n`,
    "row.ts": `export type Row = { id: number };\n`,
  });
  t.deepEqual(sources.problems("list.ts"), []);
  sources.write("row.ts", `export type Row = any;\n`);
  t.true(sources.problems("list.ts").includes("version-without-types"));
});
