/**
 * Builds one small project in every place where TypeScript is built, with the packed zcache and the
 * newest versions on npm, and runs it: `node scripts/host-matrix.mjs [--only NAME,NAME] [--modules
 * FOLDER]`. Each host has to give the same result and keys as tspc, with two calls as one load; to
 * show both of two mistakes with their places, and to fail; and to fail where only a check with
 * types finds the mistake. It prints the table of docs/hosts.md.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { baseTsconfig, broken, brokenPlaces, expected, files, leaking, tsconfig } from "./host-matrix.project.mjs";

const repository = fileURLToPath(new URL("..", import.meta.url));

const bundled = "node --enable-source-maps out/main.js";

/**
 * `files` is what the user adds, `build` the command of the build, `start` the command that runs
 * the program. `types: false` means that it builds single files on request.
 */
const hosts = [
  {
    name: "tspc",
    packages: ["typescript@5.9", "ts-patch@3"],
    files: {
      "tsconfig.json": {
        ...tsconfig,
        compilerOptions: { ...tsconfig.compilerOptions, module: "commonjs", moduleResolution: "node10" },
      },
    },
    type: "commonjs",
    build: "tspc",
    start: bundled,
  },
  {
    name: "vite",
    packages: ["vite"],
    files: {
      "vite.config.mjs": `import zcache from "zcache/vite";
export default { plugins: [zcache()], build: { ssr: "src/main.ts", outDir: "out", sourcemap: true, minify: false } };`,
    },
    build: "vite build --logLevel warn",
    start: bundled,
  },
  {
    name: "vite, all bundled",
    packages: ["vite"],
    files: {
      "vite.config.mjs": `import zcache from "zcache/vite";
export default { plugins: [zcache()], ssr: { noExternal: true }, build: { ssr: "src/main.ts", outDir: "out", sourcemap: true } };`,
    },
    build: "vite build --logLevel warn",
    start: bundled,
  },
  {
    name: "vitest",
    packages: ["vite", "vitest"],
    files: {
      "vitest.config.mjs": `import zcache from "zcache/vite";
export default { plugins: [zcache()] };`,
      "src/main.test.ts": `import { test } from "vitest"; test("runs", async () => { await import("./main"); await new Promise((r) => setTimeout(r, 300)); });`,
      "src/broken.test.ts": `import { test } from "vitest"; test("breaks", async () => { await import("./broken.js").catch((e) => { if (!String(e).includes("Failed to load url") && !String(e).includes("Cannot find")) throw e; }); });`,
    },
    build: null,
    start: "vitest run",
    types: false,
  },
  {
    name: "rollup",
    packages: ["rollup", "esbuild", "rollup-plugin-esbuild"],
    files: {
      "rollup.config.mjs": `import esbuild from "rollup-plugin-esbuild";
import zcache from "zcache/rollup";
const resolve = { name: "resolve", resolveId: (id, from) => (from && id.startsWith(".") ? new URL(id + ".ts", "file://" + from).pathname : null) };
export default { input: ["src/main.ts", ...(await import("node:fs")).readdirSync("src").filter((f) => /^(broken|leaking)/.test(f)).map((f) => "src/" + f)], external: /^zcache|^node:/, plugins: [zcache(), resolve, esbuild()], output: { dir: "out", sourcemap: true } };`,
    },
    build: "rollup -c --silent",
    start: bundled,
  },
  {
    name: "rolldown",
    packages: ["rolldown"],
    files: {
      "rolldown.config.mjs": `import zcache from "zcache/rolldown";
export default { input: "src/main.ts", platform: "node", external: /^zcache|^node:/, plugins: [zcache()], output: { dir: "out", sourcemap: true } };`,
    },
    build: "rolldown -c",
    start: bundled,
  },
  ...["esm", "cjs"].map((format) => ({
    name: `esbuild, ${format}, all bundled`,
    packages: ["esbuild"],
    type: format === "esm" ? "module" : "commonjs",
    files: {
      "build.mjs": `import { build } from "esbuild";
import zcache from "zcache/esbuild";
await build({ entryPoints: ["src/main.ts"], bundle: true, platform: "node", format: "${format}", outdir: "out", sourcemap: true, plugins: [zcache()] }).catch(() => process.exit(1));`,
    },
    build: "node build.mjs",
    start: bundled,
  })),
  ...["webpack", "@rspack/core"].map((bundler) => ({
    name: bundler === "webpack" ? "webpack, swc-loader" : "rspack",
    packages: bundler === "webpack" ? ["webpack", "webpack-cli", "@swc/core", "swc-loader"] : ["@rspack/core"],
    type: "commonjs",
    files: {
      "build.cjs": `const bundler = require("${bundler}");
const zcache = require("zcache/${bundler === "webpack" ? "webpack" : "rspack"}");
const loader = "${bundler === "webpack" ? "swc-loader" : "builtin:swc-loader"}";
bundler({ mode: "development", devtool: "source-map", target: "node", entry: "./src/main.ts", output: { path: __dirname + "/out", filename: "main.js" }, externals: { ioredis: "commonjs ioredis" }, resolve: { extensions: [".ts", ".js"] },
  module: { rules: [{ test: /\\.ts$/, loader, options: { jsc: { parser: { syntax: "typescript" }, target: "es2022" } } }] }, plugins: [zcache()] },
  (error, stats) => { if (error) throw error; if (stats.hasErrors()) { console.error(stats.toString({ all: false, errors: true })); process.exitCode = 1; } });`,
    },
    build: "node build.cjs",
    start: bundled,
  })),
  {
    name: "webpack, ts-loader",
    packages: ["webpack", "webpack-cli", "ts-loader", "typescript@5.9", "ts-patch@3"],
    type: "commonjs",
    files: {
      "webpack.config.cjs": `module.exports = { mode: "development", devtool: "source-map", target: "node", entry: "./src/main.ts", output: { path: __dirname + "/out", filename: "main.js" }, externals: { ioredis: "commonjs ioredis" }, resolve: { extensions: [".ts", ".js"] },
  module: { rules: [{ test: /\\.ts$/, loader: "ts-loader", options: { compiler: "ts-patch/compiler" } }] } };`,
    },
    build: "webpack",
    start: bundled,
  },
  ...["module", "commonjs"].flatMap((type) =>
    ["--import zcache/register --import tsx", "--import tsx --import zcache/register"].map((flags) => ({
      name: `tsx, ${type}, ${flags.startsWith("--import tsx") ? "tsx first" : "zcache first"}`,
      packages: ["tsx"],
      type,
      files: {},
      build: null,
      start: `node ${flags} src/main.ts`,
      types: false,
    })),
  ),
  ...["module", undefined].map((type) => ({
    name: `Node 24, ${type ?? "no type"}`,
    packages: ["node@24"],
    type,
    files: {},
    extensions: true,
    build: null,
    start: "node24 --import zcache/register src/main.ts",
    types: false,
  })),
  {
    name: "ts-node",
    packages: ["typescript@5.9", "ts-patch@3", "ts-node"],
    type: "commonjs",
    files: {
      "tsconfig.json": {
        ...tsconfig,
        compilerOptions: { ...tsconfig.compilerOptions, module: "commonjs", moduleResolution: "node10" },
        "ts-node": { compiler: "ts-patch/compiler" },
      },
    },
    build: null,
    start: "ts-node src/main.ts",
    types: false,
  },
  ...[
    ["@swc/jest", { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" } }],
    ["ts-jest", { isolatedModules: true, diagnostics: false }],
    ["babel-jest", { presets: [["@babel/preset-env", { targets: { node: "current" } }], "@babel/preset-typescript"] }],
  ].map(([transformer, options]) => ({
    name: `jest, ${transformer}`,
    packages: [
      "jest",
      "typescript@5.9",
      transformer,
      ...(transformer === "@swc/jest" ? ["@swc/core"] : []),
      ...(transformer === "babel-jest" ? ["@babel/core", "@babel/preset-env", "@babel/preset-typescript"] : []),
    ],
    type: "commonjs",
    files: {
      "jest.config.cjs": `module.exports = { testEnvironment: "node", testTimeout: 60000, transform: { "\\\\.ts$": ["zcache/jest", { transformer: ${JSON.stringify([transformer, options])} }] } };`,
      "src/main.test.ts": `test("runs", async () => { await import("./main"); await new Promise((r) => setTimeout(r, 300)); });`,
      "src/broken.test.ts": `test("breaks", () => { if (require("fs").existsSync(__dirname + "/broken.ts")) require("./broken"); });`,
    },
    build: null,
    start: "jest",
    types: false,
  })),
];

async function run(command, cwd, env = {}) {
  const node24 = join(cwd, "node_modules/node/bin/node");
  const [name, ...args] = command.split(" ");
  const bin = join(cwd, "node_modules/.bin", name);
  const [file, all] =
    name === "node"
      ? [process.execPath, args]
      : name === "node24"
        ? [process.env.NODE_24 ?? node24, args]
        : [bin, args];
  const child = spawn(file, all, {
    cwd,
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0", CI: "1", NODE_OPTIONS: "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 180_000,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const [code] = await once(child, "close");
  return { code, output };
}

function write(directory, all) {
  for (const [path, content] of Object.entries(all)) {
    if (content === undefined) continue;
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), typeof content === "string" ? content : JSON.stringify(content, null, 2));
  }
}

/** Adds extensions, because Node resolves no import without its extension. */
function withExtensions(all) {
  return Object.fromEntries(
    Object.entries(all).map(([path, text]) => [path, text.replaceAll(/from "(\.[^"]+)"/g, 'from "$1.ts"')]),
  );
}

async function tryHost(host, directory, modules) {
  const project = join(directory, host.name.replaceAll(/\W+/g, "-"));
  mkdirSync(project);
  const type = "type" in host ? host.type : "module";
  const own = host.extensions ? withExtensions(files) : files;
  write(project, {
    "package.json": { name: "shop", private: true, type },
    "tsconfig.json": tsconfig,
    "tsconfig.base.json": baseTsconfig,
    ...own,
    ...host.files,
  });
  symlinkSync(modules, join(project, "node_modules"));
  const checks = [];
  const check = (name, isTrue, output) => checks.push({ name, isTrue, output });
  const startedAt = performance.now();
  const runAll = async () => {
    const built = host.build ? await run(host.build, project) : { code: 0, output: "" };
    if (built.code !== 0) return built;
    const ran = host.start ? await run(host.start, project) : built;
    return { code: ran.code, output: built.output + ran.output };
  };
  const { code, output } = await runAll();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const line = /RESULT (\{.*\})/.exec(output)?.[1];
  const { where = "", ...result } = line ? JSON.parse(line) : {};
  check("runs cached", code === 0 && isDeepStrictEqual(result, expected), output);
  const place = files["src/service.ts"].split("\n").findIndex((text) => text.includes('"here"')) + 1;
  check("stack line", new RegExp(`service\\.ts:${place}:\\d+`).test(where), `${where}`);
  const withEntry = (name) => ({
    "src/main.ts": `import "./${name}${host.extensions ? ".ts" : ""}";\n${own["src/main.ts"]}`,
  });
  write(project, { ...broken, ...withEntry("broken") });
  const wrong = await runAll();
  check("mistakes fail", wrong.code !== 0, wrong.output);
  check(
    "mistakes shown",
    brokenPlaces.every((one) => one.test(wrong.output)),
    wrong.output,
  );
  rmSync(join(project, "src/broken.ts"));
  if (host.types !== false) {
    write(project, { ...leaking, ...withEntry("leaking") });
    const leaked = await runAll();
    const isShown = /leaking\.ts\W+4:|leaking\.ts\(4,/.test(leaked.output) || /4 \|/.test(leaked.output);
    check("checks with types fail", leaked.code !== 0 && isShown, leaked.output);
  }
  return { checks, seconds };
}

async function install(directory, chosen) {
  const packages = [...new Set(chosen.flatMap((host) => host.packages))];
  const packed = await npm(["pack", "--json", "--ignore-scripts", "--pack-destination", directory], repository);
  const tarball = join(directory, /"filename": "([^"]+)"/.exec(packed)[1]);
  const modules = join(directory, "modules");
  mkdirSync(modules);
  write(modules, { "package.json": { name: "modules", private: true } });
  await npm(
    ["install", "--no-audit", "--no-fund", "--prefer-offline", tarball, "@types/node@20", ...packages],
    modules,
  );
  return join(modules, "node_modules");
}

async function npm(args, cwd) {
  const child = spawn("npm", args, { cwd, stdio: ["ignore", "pipe", "pipe"], shell: process.platform === "win32" });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`npm ${args.join(" ")}\n${output}`);
  return output;
}

function option(name) {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

async function main() {
  const only = option("--only")?.split(/,(?! )/);
  const chosen = hosts.filter(({ name }) => !only || only.some((one) => name.includes(one)));
  const directory = mkdtempSync(join(tmpdir(), "zcache-hosts-"));
  if (!process.argv.includes("--keep")) process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
  const modules = option("--modules") ?? (await install(directory, chosen));
  console.log("| host | checks | seconds |\n|---|---|---|");
  const all = [];
  for (const host of chosen) {
    const { checks, seconds } = await tryHost(host, directory, modules).catch((error) => ({
      checks: [{ name: "runs", isTrue: false, output: error.stack }],
      seconds: "–",
    }));
    const good = checks.filter(({ isTrue }) => isTrue);
    const bad = checks.filter(({ isTrue }) => !isTrue).map(({ name }) => name);
    console.log(
      `| ${host.name} | ${good.length} of ${checks.length}${bad.length ? `: not ${bad.join(", ")}` : ""} | ${seconds} |`,
    );
    all.push(...checks.map((check) => ({ ...check, host: host.name })));
  }
  const failed = all.filter(({ isTrue }) => !isTrue);
  if (!process.argv.includes("--quiet"))
    for (const { host, name, output } of failed) console.log(`\n✗ ${host}, ${name}\n${output.trim().slice(0, 3000)}`);
  console.log(`matrix: ${all.length - failed.length} passed, ${failed.length} failed`);
  return failed.length;
}

process.exitCode = (await main()) === 0 ? 0 : 1;
