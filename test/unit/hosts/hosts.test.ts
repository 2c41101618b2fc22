import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import test from "ava";
import { build } from "esbuild";
import { describeProblem, locate } from "../../../transformer/hosts/host-problem";
import esbuildPlugin from "../../../transformer/hosts/esbuild";
import loader from "../../../transformer/hosts/loader";
import { loadSync } from "../../../transformer/hosts/load-hooks";
import { parseJsonc } from "../../../transformer/hosts/parse-jsonc";
import rollupPlugin from "../../../transformer/hosts/rollup";
import { SourceCompiler } from "../../../transformer/hosts/source-compiler";
import { readTsconfig, Tsconfigs } from "../../../transformer/hosts/tsconfig";
import { ZcachePlugin } from "../../../transformer/hosts/webpack";
import { type RollupError } from "../../../transformer/hosts/rollup-error";

const root = mkdtempSync(join(tmpdir(), "zcache-hosts-"));
test.after.always(() => rmSync(root, { recursive: true, force: true }));

function write(name: string, files: Record<string, string>): string {
  const directory = join(root, name);
  for (const [path, text] of Object.entries({ "package.json": '{ "name": "shop" }', ...files })) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

const sound = "// @zcache\nexport async function load(id: number) { return id; }\n";
const wrong =
  '// @zcache ttl: soon\nexport async function a() { return 1; }\n\n  // @zcache key: "{x}"\nexport async function b() { return 1; }\n';

test("JSON with comments and trailing commas is read, and text that looks like them in a string is left alone", (t) => {
  const text = '\uFEFF{ // a\n "a": "// no /* comment */, }", /* b */ "b": [1, 2, ], }';
  t.deepEqual(parseJsonc(text), { a: "// no /* comment */, }", b: [1, 2] });
});

test("options are those of the nearest tsconfig, with what it extends, by path and by package", (t) => {
  const entry = (namespace: string) => JSON.stringify([{ name: "zcache", namespace }]);
  const directory = write("options", {
    "base.json": `{ "compilerOptions": { "experimentalDecorators": true, "plugins": ${entry("base")} } }`,
    "node_modules/@shop/config/tsconfig.json": `{ "compilerOptions": { "plugins": ${entry("package")} } }`,
    "tsconfig.json": '{ "extends": "./base", }',
    "packages/a/tsconfig.json": `{ "extends": ["../../base.json", "@shop/config/tsconfig.json"] }`,
    "packages/b/tsconfig.json":
      '{ "extends": "../../base.json", "compilerOptions": { "plugins": [{ "name": "next" }] } }',
    "packages/c/tsconfig.json":
      '{ "files": [], "references": [{ "path": "./app.json" }, { "path": "./node.json" }] }',
    "packages/c/app.json": "{}",
    "packages/c/node.json": `{ "compilerOptions": { "plugins": ${entry("node")} } }`,
  });
  const configs = new Tsconfigs();
  const namespaceOf = (file: string) => configs.of(join(directory, file)).options.namespace;
  t.is(namespaceOf("src/a.ts"), "base");
  t.true(configs.of(join(directory, "src/a.ts")).experimentalDecorators);
  t.is(namespaceOf("packages/a/a.ts"), "package");
  t.is(namespaceOf("packages/b/b.ts"), null);
  t.is(namespaceOf("packages/c/src/c.ts"), "node");
  t.is(
    new Tsconfigs(join(directory, "tsconfig.json")).of("/elsewhere/a.ts").options.namespace,
    "base",
  );
  t.is(new Tsconfigs().of("/a.ts").file, null);
});

test("an entry that is wrong, and a config that extends itself or nothing, are errors with the file's name", (t) => {
  const directory = write("wrong-options", {
    "a.json": '{ "compilerOptions": { "plugins": [{ "name": "zcache", "namespce": "v1" }] } }',
    "b.json": '{ "extends": "./b.json" }',
    "c.json": '{ "extends": "nowhere" }',
    "d.json": "{ nothing",
  });
  t.throws(() => readTsconfig(join(directory, "a.json")), {
    message: /a\.json: .*Did you mean "namespace"/,
  });
  t.throws(() => readTsconfig(join(directory, "b.json")), {
    message: /b\.json: it extends itself/,
  });
  t.throws(() => readTsconfig(join(directory, "c.json")), {
    message: /c\.json extends nowhere, which can't be found/,
  });
  t.throws(() => readTsconfig(join(directory, "d.json")), { message: /d\.json can't be read/ });
});

test("a problem has its line, column and frame, whatever ends the lines", (t) => {
  for (const end of ["\n", "\r\n"]) {
    const text = ["one", "\t// @zcache bad", "three"].join(end);
    const start = text.indexOf("bad");
    const problem = locate(text, "/x/a.ts", { code: 990203, message: "M", start, end: start + 3 });
    t.is(
      describeProblem(problem),
      "/x/a.ts:2:13: error TS990203: M\n2 |  // @zcache bad\n  |             ^^^",
    );
  }
});

test("esbuild: both of two mistakes are its errors, with their places", async (t) => {
  const directory = write("esbuild-wrong", { "src/a.ts": wrong });
  const options = {
    entryPoints: [join(directory, "src/a.ts")],
    write: false as const,
    logLevel: "silent" as const,
  };
  const failure = (await t.throwsAsync(
    build({ ...options, plugins: [esbuildPlugin()] }),
  )) as Error & {
    errors: {
      text: string;
      location: { file: string; line: number; column: number; lineText: string };
    }[];
  };
  t.deepEqual(
    failure.errors.map(({ text, location }) => [
      text.slice(0, 8),
      location.line,
      location.column,
      location.lineText,
    ]),
    [
      ["TS990203", 1, 16, "// @zcache ttl: soon"],
      ["TS990101", 4, 20, '  // @zcache key: "{x}"'],
    ].map(([text, ...place]) => [text, ...place]),
  );
});

test("esbuild: a file is rewritten with the options of its tsconfig; JavaScript only where that allows it", async (t) => {
  const entry = '"plugins": [{ "name": "zcache", "namespace": "v7" }]';
  const directory = write("esbuild", {
    "tsconfig.json": `{ "compilerOptions": { ${entry} } }`,
    "src/a.ts": sound,
    "js/tsconfig.json": `{ "compilerOptions": { "allowJs": true } }`,
    "js/b.js": sound.replace(": number", ""),
    "src/c.js": sound.replace(": number", ""),
  });
  const outputOf = async (file: string) => {
    const plugins = [esbuildPlugin({ typeChecks: "never" })];
    const built = await build({ entryPoints: [join(directory, file)], write: false, plugins });
    return built.outputFiles[0]?.text ?? "";
  };
  t.regex(await outputOf("src/a.ts"), /name: "shop\.a\.load"[\s\S]*namespace: "v7"/);
  t.regex(await outputOf("js/b.js"), /name: "shop\.js\.b\.load"/);
  const warnings: (Error & { code?: string })[] = [];
  const listen = (warning: Error): void => void warnings.push(warning);
  process.on("warning", listen);
  t.notRegex(await outputOf("src/c.js"), /zcache\/runtime/);
  await outputOf("src/c.js");
  process.off("warning", listen);
  t.deepEqual(
    warnings.map(({ code }) => code),
    ["ZCACHE_JAVASCRIPT_UNCACHED"],
  );
  t.regex(
    warnings[0]?.message ?? "",
    /src[\\/]c\.js:1 has a @zcache comment, and its function is not cached: .* "allowJs": true\./,
  );
});

test("JavaScript that mentions zcache in prose, or is compiled, gets no warning", async (t) => {
  const directory = write("prose", {
    "a.js": 'export const help = "Write // @zcache above it"; // as @zcache does\n',
    "b.js": '// @zcache\nimport * as zc from "zcache/runtime"; export function load() {}\n',
  });
  const warnings: Error[] = [];
  const listen = (warning: Error): void => void warnings.push(warning);
  process.on("warning", listen);
  const compiler = new SourceCompiler(undefined, null);
  for (const name of ["a.js", "b.js"]) {
    const file = join(directory, name);
    t.is(compiler.compile(readFileSync(file, "utf8"), file).code, null);
  }
  await new Promise(setImmediate);
  process.off("warning", listen);
  t.deepEqual(warnings, []);
});

test("a bundle leaves out annotated functions that nobody uses, and keeps all of one that is used", async (t) => {
  const directory = write("shaken", {
    "src/lib.ts": `// @zcache
export async function load(id: number) { return id; }
// @zcache
export async function unused1(id: number) { return "UNUSED"; }
// @zcache
export const arrow = async (id: number) => id;
// @zcache
export const unused2 = async (id: number) => "UNUSED";
// @zcache
export const unused3 = async function self(id: number): Promise<unknown> { return id > 0 ? self(0) : "UNUSED"; };
export const unused4 = {
  // @zcache
  async find(id: number) { return "UNUSED"; },
  // @zcache
  async list(id: number) { return [super.toString(), this, "UNUSED"]; },
};
// @zcache
export default async function (id: number) { return "UNUSED"; }
`,
    "src/main.ts": 'import { arrow, load } from "./lib";\nvoid load(1);\nvoid arrow(1);\n',
  });
  const entryPoints = [join(directory, "src/main.ts")];
  const plugins = [esbuildPlugin({ typeChecks: "never" })];
  const options = {
    bundle: true,
    format: "esm" as const,
    platform: "node" as const,
    packages: "external" as const,
  };
  for (const minify of [false, true]) {
    const built = await build({ ...options, entryPoints, minify, write: false, plugins });
    const text = built.outputFiles[0]?.text ?? "";
    t.notRegex(text, /UNUSED|unused|default/, text);
    t.regex(text, /"shop\.lib\.load"[^]*"shop\.lib\.arrow"/);
    const attached = /attach as (\w+)/.exec(text)?.[1] ?? "attach";
    t.regex(text, new RegExp(`=\\s*(?:/\\* @__PURE__ \\*/ )?${attached}\\(`));
  }
});

test("a call whose result is called or read at once is not marked as one without side effects", async (t) => {
  const directory = write("not-pure", {
    "src/main.ts": `void (/* @zcache key: "y:{id}" */ async function (this: object, id: number) { return id; }).call({}, 1);
export const bound = (/* @zcache key: "x:{id}" */ async (id: number) => id).bind({});
export const called = (/* @zcache key: "z" */ async () => 1)();
`,
  });
  const built = await build({
    entryPoints: [join(directory, "src/main.ts")],
    write: false,
    plugins: [esbuildPlugin({ typeChecks: "never" })],
  });
  const text = built.outputFiles[0]?.text ?? "";
  t.notRegex(text, /PURE/);
  t.is(text.split("zc_wrap(").length, 4, text);
});

test("rollup: all mistakes of all files are one error at the end, at the place of the first", async (t) => {
  const directory = write("rollup", { "src/a.ts": wrong, "src/b.ts": wrong });
  const plugin = rollupPlugin({ typeChecks: "never" });
  const errors: RollupError[] = [];
  const watched = new Set<string>();
  const context = {
    error: (error: RollupError) => errors.push(error),
    warn: () => {},
    addWatchFile: (file: string) => watched.add(file),
  };
  const { handler } = plugin["transform"] as {
    handler: (this: unknown, code: string, id: string) => unknown;
  };
  for (const file of ["a.ts", "b.ts"])
    t.is(handler.call(context, wrong, join(directory, "src", file)), null);
  const made = handler.call(context, sound, `${join(directory, "src/c.ts")}?v=1`) as {
    code: string;
    map: object;
  };
  t.regex(made.code, /"shop\.c\.load"/);
  t.is(handler.call(context, sound, join(directory, "node_modules/x/src/c.ts")), null);
  // The package's name is part of the keys.
  t.deepEqual([...watched], [join(directory, "package.json")]);
  await (plugin["buildEnd"] as (this: unknown) => Promise<void>).call(context);
  t.is(errors.length, 1);
  t.deepEqual(errors[0]?.loc, { file: join(directory, "src/a.ts"), line: 1, column: 16 });
  t.is(errors[0]?.frame, "1 | // @zcache ttl: soon\n  |                 ^^^^");
  t.is(errors[0]?.message.match(/error TS990/g)?.length, 4);
});

for (const [kind, file] of [
  [
    "vue",
    `<template>\n  <p>@zcache</p>\n</template>\n<script setup lang="ts">\n${sound}</script>\n`,
  ],
  [
    "svelte",
    `<script lang="ts">\n  let a = 1;\n  /* @zcache */ async function load() {}\n</script>\n`,
  ],
  ["astro", `---\nconst text = "@zcache";\n${sound}---\n<p>// @zcache</p>\n`],
] as const)
  test(`a directive in a .${kind} file is an error at its place, and elsewhere in it the word is only text`, (t) => {
    const directory = write(`blocks-${kind}`, { [`src/App.${kind}`]: file });
    const path = join(directory, `src/App.${kind}`);
    const { code, problems } = new SourceCompiler(undefined, null).compile(file, path);
    t.is(code, null);
    t.is(problems.length, 1);
    const [problem] = problems;
    t.regex(problem?.lineText ?? "", /^\s*(\/\/|\/\*) @zcache/);
    t.is(problem?.lineText.slice(problem.column - 1, problem.column + 6), "@zcache");
    t.regex(
      problem?.message ?? "",
      /^A function in a \.\w+ file can't be cached: .*Move the function/,
    );
    // The blocks that the plugins of these files request by themselves are not judged again.
    const block = `${path}?vue&type=script&lang.ts`;
    t.deepEqual(new SourceCompiler(undefined, null).compile(sound, block).problems, []);
  });

test("a module that is not a file on the disk is rewritten, whatever mark a bundler puts before its name", (t) => {
  const compiler = new SourceCompiler(undefined, null);
  const made = compiler.compile(sound, "\0virtual:shop/routes.ts");
  t.deepEqual(made.problems, []);
  t.regex(made.code ?? "", /name: "[^"\0]*virtual:shop\.routes\.load"/);
});

test("a host that keeps results by itself learns what they depend on", (t) => {
  const directory = write("inputs", { "src/a.ts": sound, "tsconfig.json": "{}" });
  const file = join(directory, "src/a.ts");
  const inputs = () => new SourceCompiler(undefined, null).inputsOf(sound, file).join("\n");
  const before = inputs();
  t.is(inputs(), before);
  write("inputs", { "package.json": '{ "name": "store" }' });
  const renamed = inputs();
  t.not(renamed, before);
  const compilerOptions = { plugins: [{ name: "zcache", namespace: "v2" }] };
  write("inputs", {
    "package.json": '{ "name": "store" }',
    "tsconfig.json": JSON.stringify({ compilerOptions }),
  });
  t.not(inputs(), renamed);
  t.deepEqual(new SourceCompiler(undefined, null).compile(sound, file).dependencies, [
    join(directory, "tsconfig.json"),
    join(directory, "package.json"),
  ]);
});

test("the loader emits each mistake as an error of the module, and hands on what it made with its map", (t) => {
  const directory = write("loader", {});
  const results: unknown[][] = [];
  const emitted: string[] = [];
  const context = {
    resourcePath: join(directory, "src/a.ts"),
    callback: (...result: unknown[]) => results.push(result),
    emitError: (error: Error) => emitted.push(error.message),
  };
  loader.call(context, wrong);
  t.is(emitted.length, 2);
  t.regex(emitted[1] ?? "", /src\/a\.ts:4:21: error TS990101: [^\n]+\n4 \| /);
  loader.call(context, sound);
  t.regex(String(results[1]?.[1]), /zcache\/runtime/);
  t.truthy((results[1]?.[2] as { mappings: string }).mappings);
  loader.call(context, "export const a = 1;", "a map");
  t.deepEqual(results[2], [null, "export const a = 1;", "a map"]);
});

test("webpack's plugin puts its loader before all sources, JavaScript and script blocks among them", (t) => {
  const rules: { test: RegExp[]; exclude: RegExp; enforce: string }[] = [];
  new ZcachePlugin().apply({ options: { module: { rules } }, hooks: {} });
  const [rule] = rules;
  const isLoaded = (file: string): boolean =>
    !!rule?.test.some((one) => one.test(file)) && !rule.exclude.test(file);
  for (const end of ["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs", "vue", "svelte"])
    t.true(isLoaded(`/shop/src/a.${end}`), end);
  for (const file of ["/shop/src/a.json", "/shop/src/a.css", "/shop/node_modules/b/a.js"])
    t.false(isLoaded(file), file);
  t.is(rule?.enforce, "pre");
});

test("Node's hook rewrites what is loaded as text, throws with all mistakes, and leaves the rest alone", (t) => {
  const directory = write("register", {
    "src/a.ts": sound,
    "src/wrong.ts": wrong,
    "src/plain.ts": "export {};",
  });
  const url = (file: string) => pathToFileURL(join(directory, "src", file)).href;
  const next = (asked: string) => ({
    format: "module-typescript",
    source: readFileSync(new URL(asked.replace(/\?.*/, "")), "utf8"),
  });
  t.regex(
    String(loadSync(`${url("a.ts")}?x=1`, {}, next).source),
    /zcache\/runtime[\s\S]*sourceMappingURL=data:/,
  );
  t.is(loadSync(url("plain.ts"), {}, next).source, "export {};");
  t.throws(() => loadSync(url("wrong.ts"), {}, next), {
    message: /wrong\.ts:1:17[\s\S]*wrong\.ts:4:21/,
  });
  // Code that another hook has compiled before is compiled again, from the rewritten text.
  const compiled = () => ({
    format: "module",
    source: "export async function load(id) { return id; }",
  });
  const { source } = loadSync(url("a.ts"), {}, compiled);
  t.regex(String(source), /zcache\/runtime/);
  t.notRegex(String(source), /: number/);
});

test("the hook searches the bytes that Node has read, and reads the file again only if they are another loader's or have a directive", (t) => {
  const directory = write("hook-bytes", { "a.ts": sound });
  const url = pathToFileURL(join(directory, "a.ts")).href;
  const load = (text: string) =>
    String(loadSync(url, {}, () => ({ format: "module", source: Buffer.from(text) })).source);
  t.regex(load(sound), /zcache\/runtime/);
  // A compiler may blank the types and keep the comments. The plan depends on the types.
  const blanked = load(sound.replace(": number", "        "));
  t.regex(blanked, /zcache\/runtime/);
  t.notRegex(blanked, /: number/);
  t.regex(load("export async function load(id) { return id; }"), /zcache\/runtime/);
  // The same number of bytes is taken for the text of the file.
  const other = "export {};".padEnd(sound.length);
  t.is(load(other), other);
});

for (const watchMode of [true, false])
  test(`rollup: files to watch are named in a build that ${watchMode ? "watches" : "doesn't watch: nobody asks for them"}`, (t) => {
    const directory = write(`rollup-watch-${watchMode}`, { "a.ts": sound });
    const plugin = rollupPlugin({ typeChecks: "never" });
    const watched = new Set<string>();
    const context = { meta: { watchMode }, addWatchFile: (file: string) => watched.add(file) };
    const { handler } = plugin["transform"] as {
      handler: (this: unknown, code: string, id: string) => unknown;
    };
    handler.call(context, sound, join(directory, "a.ts"));
    t.deepEqual([...watched], watchMode ? [join(directory, "package.json")] : []);
  });

test("an option that a plugin doesn't have is refused", (t) => {
  t.throws(() => rollupPlugin({ namespace: "v1" } as object), {
    message: /no option "namespace".*tsconfig\.json/,
  });
  t.throws(() => esbuildPlugin({ typeChecks: "no" } as object), {
    message: /"typeChecks" must be "build" or "never"/,
  });
});
