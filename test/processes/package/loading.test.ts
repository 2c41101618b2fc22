import { execFile } from "node:child_process";
import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import test from "ava";

const run = promisify(execFile);
const repository = resolve(__dirname, "../../..");

interface Loaded {
  /** Packages whose modules were loaded. */
  readonly packages: readonly string[];
  /** Halves of the package of which modules were loaded. */
  readonly parts: readonly string[];
  /** Names of the package's own files that were loaded. */
  readonly files: readonly string[];
  /** This is processor time, because the tests share the processor with others. */
  readonly ms: number;
}

/** The built package, loaded in a process of its own. */
async function load(name: string, then = ""): Promise<Loaded> {
  const script = `(async () => {
    const startedAt = process.cpuUsage();
    const zcache = require(${JSON.stringify(name)});
    const { user, system } = process.cpuUsage(startedAt);
    const ms = (user + system) / 1000;
    ${then};
    const parts = Object.keys(require.cache).flatMap((path) => /dist[\\\\/](runtime|transformer)[\\\\/]/.exec(path)?.[1] ?? []);
    const found = Object.keys(require.cache).map((path) => /node_modules[\\\\/]((?:@[^\\\\/]+[\\\\/])?[^\\\\/]+)(?!.*node_modules)/.exec(path)?.[1]);
    const files = Object.keys(require.cache).flatMap((path) => /dist[\\\\/](?:runtime|transformer)[\\\\/](.*)/.exec(path)?.[1] ?? []);
    console.log(JSON.stringify({ files, packages: [...new Set(found.filter(Boolean))].sort(), parts: [...new Set(parts)], ms }));
  })()`;
  const { stdout } = await run(process.execPath, ["-e", script], { cwd: repository });
  return JSON.parse(stdout) as Loaded;
}

for (const name of ["zcache", "zcache/runtime"]) {
  test(`require("${name}") loads one file, and no other package`, async (t) => {
    const { packages, files } = await load(name);
    t.deepEqual(packages, []);
    t.deepEqual(files, ["zcache.js"]);
  });
}

test("a program loads nothing of the transformer, nor of the editor's part", async (t) => {
  t.deepEqual((await load("zcache")).parts, ["runtime"]);
  // By `main`, as hosts do that know no `exports`.
  t.deepEqual((await load("./")).parts, ["runtime"]);
});

test("a cache set to yaml loads js-yaml no sooner than it is needed", async (t) => {
  const { packages, files } = await load("zcache", 'zcache.configure({ codec: "yaml" })');
  // The defaults of durations are texts.
  t.deepEqual(packages, ["ms"]);
  t.deepEqual(files, ["zcache.js"]);
});

test("a value that needs the structured codec loads its file, and no sooner", async (t) => {
  const configured = await load("zcache", 'zcache.configure({ codec: "structured" })');
  t.deepEqual(configured.files, ["zcache.js"]);
  const loader = `
    let loads = 0;
    const plan = () => ({ name: "a.find", key: { arguments: 1 }, codec: "structured" });
    const find = zcache.wrap(plan, async (id) => ({ id, at: new Date(5), tags: new Set([++loads]) }));
    await find(1);
    require("node:assert").deepStrictEqual(await find(1), { id: 1, at: new Date(5), tags: new Set([1]) })`;
  const { files } = await load("zcache", loader);
  t.deepEqual(files, ["zcache.js", "codecs/structured-codec.js"]);
});

test("the transformer is given the compiler, and loads none by itself", async (t) => {
  const { packages } = await load("zcache/transformer");
  t.deepEqual(
    packages.filter((one) => ["typescript", "ts-patch", "ioredis"].includes(one)),
    [],
  );
});

test("a process that only registers zcache's hooks loads nothing that rewrites files", async (t) => {
  const { packages, files } = await load("zcache/register");
  t.deepEqual(packages, []);
  const hooks = [
    "register",
    "load-hooks",
    "require-hook",
    "node-compiler",
    "compile-typescript",
    "files",
    "host-problem",
  ];
  t.deepEqual(
    files.toSorted(),
    ["context/concern.js", ...hooks.map((one) => `hosts/${one}.js`)].toSorted(),
  );
});

test("what rewrites files is three files, which the first file with a directive loads", async (t) => {
  const source = "// @zcache\\nexport async function load(id: number) { return id; }";
  const loaded = (then: string) => load("./dist/transformer/hosts/source-compiler.js", then);
  const rewrite = (text: string) =>
    loaded(
      `new zcache.SourceCompiler(undefined, null).compile("${text}", "a.ts", { format: "esm" })`,
    );
  t.deepEqual((await rewrite("export const a = 1;")).files, ["hosts/source-compiler.js"]);
  // Parts that are loaded later must not be copied into it.
  t.true(statSync(join(repository, "dist/transformer/hosts/source-compiler.js")).size < 100_000);
  const { files } = await rewrite(source);
  const lazy = ["text/transform-text.js", "text/parser.js", "text/magic-string.js"];
  t.deepEqual(files, ["hosts/source-compiler.js", ...lazy]);
});

test("loading the runtime takes less than a tenth of a second of the processor's time", async (t) => {
  const times: number[] = [];
  for (let i = 0; i < 5; i++) times.push((await load("zcache/runtime")).ms);
  const best = Math.min(...times);
  t.log(`${best.toFixed(1)} ms`);
  t.true(best < 100, `${best} ms`);
});
