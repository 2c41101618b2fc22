import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync, existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { transformSync } from "esbuild";
import ts from "typescript";
import transformProgram, { createTransformer } from "../../transformer";
import { resolvePluginOptions } from "../../transformer/context/plugin-options";
import { checkGrades } from "../../transformer/context/rules";
import { transformText } from "../../transformer/text/transform-text";
import { recreateNodes } from "./recreate-nodes";

export const root = join(__dirname, "../..");
export const fixturesRoot = join(root, "fixtures");
const outRoot = join(fixturesRoot, ".out");

/** A directory of fixtures/, named as a statement. */
export interface Fixture {
  readonly name: string;
  readonly directory: string;
  /** Source files, the one that has `check` first. */
  readonly sources: readonly string[];
  /** The formats it is written for: `.mts` is for ES modules only, `.cts` for CommonJS only. */
  readonly formats: readonly Format[];
  /** Compiler options of its own, from options.json. */
  readonly options: string;
  /** It has a package.json, and nothing is seen of the repository's. */
  readonly isOwnPackage: boolean;
}

export type Format = "commonjs" | "esm";

/** A way to compile. Each fixture is compiled, and run, in all of them. */
export interface Setting {
  readonly name: string;
  readonly format: Format;
  readonly options: ts.CompilerOptions;
  readonly through: "plugin" | "plugin behind another transformer" | "transpileModule" | "text";
  /** What compiles the text that zcache has written. */
  readonly compiler?: "esbuild";
  /** Names of fixtures that can't be run so. */
  readonly excludes?: RegExp;
}

const common: ts.CompilerOptions = {
  strict: true,
  types: ["node"],
  lib: ["lib.es2023.d.ts"],
  jsx: ts.JsxEmit.React,
  skipLibCheck: true,
  noEmitOnError: false,
  moduleDetection: ts.ModuleDetectionKind.Auto,
  paths: { zcache: [join(root, "runtime/index.ts")] },
};

const { CommonJS, ESNext, NodeNext } = ts.ModuleKind;
const { Bundler, Node10 } = ts.ModuleResolutionKind;
const { ES2017, ES2022, ESNext: latest } = ts.ScriptTarget;
const node: ts.CompilerOptions = { ...common, target: ES2022, module: NodeNext };
const bundled: ts.CompilerOptions = { ...common, module: ESNext, moduleResolution: Bundler };

/** The checks have a corpus of their own, where a file may be wrong in one respect only. */
const plugin = { checks: Object.fromEntries([...checkGrades.keys()].map((name) => [name, "off"])) };

/** The one whose output and diagnostics are goldens. */
export const golden: Setting = { name: "nodenext, es2022", format: "commonjs", options: node, through: "plugin" };

export const settings: readonly Setting[] = [
  golden,
  {
    name: "commonjs, es2017",
    format: "commonjs",
    options: { ...common, target: ES2017, module: CommonJS, moduleResolution: Node10, ignoreDeprecations: "5.0" },
    through: "plugin",
  },
  {
    name: "esnext, es2022, no comments",
    format: "esm",
    options: { ...bundled, target: ES2022, removeComments: true, isolatedModules: true },
    through: "plugin",
  },
  {
    name: "esnext, esnext, verbatim",
    format: "esm",
    options: { ...bundled, target: latest, verbatimModuleSyntax: true },
    through: "plugin",
    // Node 20 has no decorators of its own.
    excludes: /^standard-decorators-/,
  },
  {
    name: "nodenext, es2022, recreated",
    format: "commonjs",
    options: node,
    through: "plugin behind another transformer",
  },
  {
    name: "commonjs, es2022, one by one",
    format: "commonjs",
    options: { ...common, target: ES2022, module: CommonJS },
    through: "transpileModule",
  },
  {
    name: "text, commonjs, es2017",
    format: "commonjs",
    options: { ...common, target: ES2017, module: CommonJS },
    through: "text",
  },
  { name: "text, esnext, es2022", format: "esm", options: { ...bundled, target: ES2022 }, through: "text" },
  {
    name: "text, esbuild, commonjs",
    format: "commonjs",
    options: { ...common, target: ES2022, module: CommonJS },
    through: "text",
    compiler: "esbuild",
  },
  {
    name: "text, esbuild, esm",
    format: "esm",
    options: { ...bundled, target: ES2022 },
    through: "text",
    compiler: "esbuild",
    // Without zcache, too, esbuild calls the function "input_default".
    excludes: /^module-with-a-default-arrow$/,
  },
];

export function findFixtures(): Fixture[] {
  const names = readdirSync(fixturesRoot, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith("."),
  );
  return names.map(({ name }) => {
    const directory = join(fixturesRoot, name);
    const sources = (readdirSync(directory, { recursive: true }) as string[]).filter((file) =>
      /\.[cm]?tsx?$/.test(file),
    );
    const input = sources.find((file) => file.startsWith("input."));
    if (!input) throw new Error(`fixtures/${name} has no input.ts.`);
    const formats: readonly Format[] = input.endsWith(".mts")
      ? ["esm"]
      : input.endsWith(".cts")
        ? ["commonjs"]
        : ["commonjs", "esm"];
    const optionsFile = join(directory, "options.json");
    const options = existsSync(optionsFile) ? readFileSync(optionsFile, "utf8") : "{}";
    const isOwnPackage = existsSync(join(directory, "package.json"));
    return {
      name,
      directory,
      sources: [input, ...sources.filter((file) => file !== input)],
      formats,
      options,
      isOwnPackage,
    };
  });
}

export function runsIn(setting: Setting, { name, formats }: Fixture): boolean {
  return !name.startsWith("error-") && formats.includes(setting.format) && !setting.excludes?.test(name);
}

/** What became of the files of one fixture in one setting, by their names in the fixture: `input.js`, `input.d.ts`. */
export interface Built {
  readonly plain: ReadonlyMap<string, string>;
  readonly cached: ReadonlyMap<string, string>;
  /** As tsc prints them. */
  readonly diagnostics: string;
  /** The file to load, of each of the two. */
  readonly entry: (kind: "plain" | "cached") => string;
}

/** Compiles all fixtures that fit, with one program for those of equal options. */
export function build(setting: Setting, fixtures: readonly Fixture[]): Map<string, Built> {
  const built = new Map<string, Built>();
  const fitting = fixtures.filter((fixture) => setting === golden || runsIn(setting, fixture));
  for (const own of [false, true]) {
    const ofKind = fitting.filter(({ isOwnPackage }) => isOwnPackage === own);
    for (const [options, group] of groupByOptions(ofKind)) {
      const further = ts.convertCompilerOptionsFromJson(JSON.parse(options), root).options;
      buildGroup({ ...setting, options: { ...setting.options, ...further } }, group, built);
    }
  }
  return built;
}

function groupByOptions(fixtures: readonly Fixture[]): Map<string, Fixture[]> {
  const groups = new Map<string, Fixture[]>();
  for (const fixture of fixtures) groups.set(fixture.options, [...(groups.get(fixture.options) ?? []), fixture]);
  return groups;
}

function buildGroup(setting: Setting, fixtures: readonly Fixture[], built: Map<string, Built>): void {
  const { options, through } = setting;
  const files = fixtures.flatMap(({ directory, sources }) => sources.map((source) => join(directory, source)));
  const emitted = { plain: new Map<string, string>(), cached: new Map<string, string>() };
  const diagnostics = new Map<string, string>();
  if (through === "text") {
    for (const file of files) {
      emitted.plain.set(outputName(file), compileText(file, readFileSync(file, "utf8"), setting));
      emitted.cached.set(outputName(file), compileText(file, rewrite(file, options), setting));
    }
  } else if (through === "transpileModule") {
    for (const file of files) {
      emitted.plain.set(outputName(file), transpile(file, options, []));
      emitted.cached.set(outputName(file), transpile(file, options, [createTransformer(ts, options, plugin)]));
    }
  } else {
    const program = ts.createProgram(
      files,
      { ...options, declaration: setting.name === golden.name },
      createHost(options),
    );
    const emit = (file: string, into: Map<string, string>, custom?: ts.CustomTransformers): void => {
      const sourceFile = program.getSourceFile(file);
      program.emit(sourceFile, (name, text) => into.set(name, text), undefined, undefined, custom);
    };
    for (const file of files) emit(file, emitted.plain);
    const isBehind = through === "plugin behind another transformer";
    const isOwnPackage = fixtures.some((fixture) => fixture.isOwnPackage);
    if (!isBehind) transformProgram(program, undefined, plugin, { ts: isOwnPackage ? withoutRepository : ts });
    for (const { directory, sources } of fixtures) {
      const own = sources.map((source) => join(directory, source));
      const found = own.flatMap((file) => diagnose(program, file, setting));
      diagnostics.set(directory, ts.formatDiagnostics(found, formatHost));
      for (const file of own) {
        const custom = isBehind && { before: [recreateNodes, createTransformer(ts, options, plugin, program)] };
        emit(file, emitted.cached, custom || undefined);
      }
    }
  }
  const group = slug(setting.name) + (fixtures[0]?.options === "{}" ? "" : `-${slug(fixtures[0]?.options as string)}`);
  for (const fixture of fixtures)
    built.set(fixture.name, save(fixture, setting.format, group, emitted, diagnostics.get(fixture.directory) ?? ""));
}

const withoutRepository: typeof ts = {
  ...ts,
  sys: {
    ...ts.sys,
    readFile: (path, encoding) => (path === join(root, "package.json") ? undefined : ts.sys.readFile(path, encoding)),
  },
};

/** Types are checked once: the fixtures are the same in all settings. */
function diagnose(program: ts.Program, file: string, setting: Setting): readonly ts.Diagnostic[] {
  if (setting.name !== golden.name) return [];
  const sourceFile = program.getSourceFile(file);
  return [...program.getSyntacticDiagnostics(sourceFile), ...program.getSemanticDiagnostics(sourceFile)];
}

function transpile(
  file: string,
  compilerOptions: ts.CompilerOptions,
  before: ts.TransformerFactory<ts.SourceFile>[],
): string {
  return transpileText(file, readFileSync(file, "utf8"), compilerOptions, before);
}

function transpileText(
  fileName: string,
  text: string,
  compilerOptions: ts.CompilerOptions,
  before: ts.TransformerFactory<ts.SourceFile>[],
): string {
  return ts.transpileModule(text, { fileName, compilerOptions, transformers: { before } }).outputText;
}

/** @throws AssertionError where the text is not what it should be whatever is in it */
function rewrite(file: string, { experimentalDecorators = false }: ts.CompilerOptions): string {
  const source = readFileSync(file, "utf8");
  const options = resolvePluginOptions(plugin);
  const { code, problems } = transformText(source, file, { options, experimentalDecorators });
  assert.deepEqual(problems, []);
  if (code === null) return source;
  // No line moves.
  const lines = code.split("\n");
  const plans = lines.findIndex(
    (line, i) => i >= source.split("\n").length - 1 && /^function \w+\(\) \{ return \{$/.test(line),
  );
  if (plans >= 0) assert.equal(plans, source.split("\n").length);
  assert.equal(transformText(code, file, { options, experimentalDecorators }).code, null);
  return code;
}

function compileText(file: string, text: string, { options, format, compiler }: Setting): string {
  if (compiler !== "esbuild") return transpileText(file, text, options, []);
  const { experimentalDecorators = false } = options;
  return transformSync(text, {
    sourcefile: file,
    loader: file.endsWith("x") ? "tsx" : "ts",
    format: format === "esm" ? "esm" : "cjs",
    target: "node20",
    tsconfigRaw: { compilerOptions: { experimentalDecorators, jsx: "react", strict: true } },
  }).code;
}

const formatHost: ts.FormatDiagnosticsHost = {
  getCanonicalFileName: (name) => name,
  getCurrentDirectory: () => root,
  getNewLine: () => "\n",
};

function outputName(file: string): string {
  return file.replace(/\.([cm]?)tsx?$/, ".$1js");
}

/** Puts the emitted files where they find zcache, and the format that they were emitted in. */
function save(
  { name, directory, sources }: Fixture,
  format: Format,
  group: string,
  emitted: Record<"plain" | "cached", ReadonlyMap<string, string>>,
  diagnostics: string,
): Built {
  const files = (kind: "plain" | "cached"): Map<string, string> => {
    const own = [...emitted[kind]].filter(([file]) => file.startsWith(`${directory}/`));
    return new Map(own.map(([file, text]) => [relative(directory, file), text]));
  };
  for (const kind of ["plain", "cached"] as const) {
    const out = join(outRoot, group, kind, name);
    mkdirSync(out, { recursive: true });
    for (const [file, text] of files(kind)) {
      mkdirSync(dirname(join(out, file)), { recursive: true });
      writeFileSync(join(out, file), text);
    }
    writeFileSync(
      join(outRoot, group, "package.json"),
      JSON.stringify({ type: format === "esm" ? "module" : "commonjs" }),
    );
  }
  const entry = (kind: "plain" | "cached"): string =>
    join(outRoot, group, kind, name, outputName(sources[0] as string));
  return { plain: files("plain"), cached: files("cached"), diagnostics, entry };
}

function slug(text: string): string {
  return text.replaceAll(/[^\w]+/g, "-").replaceAll(/^-|-$/g, "");
}

/** Empties fixtures/.out, and lets what is put there import zcache: the sources themselves, so that nothing needs to be built. */
export function prepareOut(): void {
  rmSync(outRoot, { recursive: true, force: true });
  const zcache = join(outRoot, "node_modules/zcache");
  mkdirSync(zcache, { recursive: true });
  const entries = ["index", "runtime"];
  const subpaths = Object.fromEntries(
    entries.map((entry) => [
      entry === "index" ? "." : `./${entry}`,
      { import: `./${entry}.mjs`, require: `./${entry}.js` },
    ]),
  );
  writeFileSync(join(zcache, "package.json"), JSON.stringify({ name: "zcache", exports: subpaths }));
  for (const entry of entries) {
    writeFileSync(join(zcache, `${entry}.js`), `module.exports = require("../../../../runtime/${entry}");\n`);
    const names = Object.keys(require(join(root, "runtime", entry)) as object).filter((name) => name !== "__esModule");
    writeFileSync(
      join(zcache, `${entry}.mjs`),
      `import cjs from "./${entry}.js";\nexport const { ${names.join(", ")} } = cjs;\n`,
    );
  }
}

const declarations = new Map<string, ts.SourceFile | undefined>();

/** Declaration files and the runtime are the same in all programs: parsed once. */
function createHost(options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (fileName, languageVersion, onError, shouldCreate) => {
    if (!fileName.endsWith(".d.ts") || shouldCreate)
      return getSourceFile(fileName, languageVersion, onError, shouldCreate);
    const key = `${fileName} ${typeof languageVersion === "object" ? languageVersion.impliedNodeFormat : ""}`;
    if (!declarations.has(key)) declarations.set(key, getSourceFile(fileName, languageVersion, onError));
    return declarations.get(key);
  };
  return host;
}
