/**
 * Builds dist/: CommonJS and, for each entry, an ES module that exports the very same objects. A
 * process that has both kinds of files thus has one registry, and one class of each error.
 *
 * What a program loads, `zcache` and `zcache/runtime`, is one file: finding and opening fifty small
 * ones takes three times as long as everything in them, and each file costs a millisecond more. So
 * `require` also returns what emitted code needs besides what the types of `zcache` declare.
 * `index.js` and `runtime.js` are for tools that resolve a package without its `exports`.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { buildStudio } from "./build-studio.mjs";
import { bundleParser } from "./bundle-parser.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);

rmSync(`${root}dist`, { recursive: true, force: true });
const compiler = [
  require.resolve("typescript/bin/tsc"),
  "-p",
  `${root}scripts/tsconfig.build.json`,
];
const { status } = spawnSync(process.execPath, compiler, { stdio: "inherit" });
if (status !== 0) process.exit(status ?? 1);

const hosts = [
  "vite",
  "rollup",
  "rolldown",
  "esbuild",
  "webpack",
  "rspack",
  "bun",
  "loader",
  "jest",
];
const libraries = ["drizzle", "knex", "kysely", "pg", "prisma", "typeorm"];
const entries = {
  runtime: ["runtime/index", "runtime/runtime"],
  others: [
    "runtime/testing/index",
    "runtime/own-backend",
    "runtime/observability/opentelemetry",
    "runtime/observability/prometheus",
    ...libraries.map((library) => `runtime/libraries/${library}`),
    "studio/index",
    "transformer/index",
    ...hosts.map((host) => `transformer/hosts/${host}`),
  ],
};
const exportsOf = (entry) =>
  Object.keys(require(`${root}dist/${entry}.js`)).filter((name) => name !== "__esModule");
const exported = new Map(
  [...entries.runtime, ...entries.others].map((entry) => [entry, exportsOf(entry)]),
);

/** Files of runtime/ that the bundle loads by a `require` on first use. */
const lazy = ["codecs/structured-codec", "studio/agent"];

const bundle = {
  bundle: true,
  packages: "external",
  platform: "node",
  target: "node20",
  logLevel: "warning",
};
buildSync({
  ...bundle,
  stdin: {
    contents: 'export * from "./index"; export * from "./runtime";',
    resolveDir: `${root}runtime`,
  },
  outfile: `${root}dist/runtime/zcache.js`,
  // Each module was strict by itself. In a sloppy bundle, `this` of a detached call would be the
  // global object.
  banner: { js: '"use strict";' },
  // These are loaded on first use. They have a copy of what they import, none of which has state.
  external: lazy.map((path) => `./${path.split("/").pop()}`),
});
buildSync({
  ...bundle,
  entryPoints: [`${root}runtime/codecs/structured-codec.ts`],
  outfile: `${root}dist/runtime/codecs/structured-codec.js`,
  allowOverwrite: true,
});

// Studio's agent runs the program's functions through the functions of that one file.
buildSync({
  ...bundle,
  entryPoints: [`${root}runtime/studio/agent.ts`],
  outfile: `${root}dist/runtime/studio/agent.js`,
  allowOverwrite: true,
  external: ["../calls/cached-function"],
});

// The transform of text includes what it needs, so that it doesn't depend on the user's compiler.
const { syntaxNames } = require(`${root}dist/transformer/context/syntax.js`);
const typescript = require.resolve("typescript-6.0");
bundleParser(
  typescript,
  syntaxNames,
  `${root}dist/transformer/text/parser.js`,
  `${root}node_modules/.cache/zcache`,
);
buildSync({
  entryPoints: [`${root}dist/transformer/text/magic-string.js`],
  outfile: `${root}dist/transformer/text/magic-string.js`,
  allowOverwrite: true,
  bundle: true,
  minify: true,
  format: "cjs",
  platform: "node",
  target: "node20",
  banner: {
    js: "/*! magic-string and @jridgewell/sourcemap-codec, by Rich Harris and Justin Ridgewell: MIT licence. */",
  },
  logLevel: "warning",
});

// What a host loads for a file is one file for each step, because opening sixty small ones takes
// longer than what they do.
for (const [file, external] of [
  ["text/transform-text", ["./parser", "./magic-string"]],
  ["hosts/source-compiler", ["../text/transform-text", "./script-blocks", "./directive-lines"]],
])
  buildSync({
    ...bundle,
    entryPoints: [`${root}dist/transformer/${file}.js`],
    outfile: `${root}dist/transformer/${file}.js`,
    allowOverwrite: true,
    external,
  });

// A bundle of ES modules has no `require` for Node's built-in modules. In the one file, the paths
// of lazy files begin at its folder.
for (const file of ["zcache", ...lazy]) {
  const path = `${root}dist/runtime/${file}.js`;
  let text = readFileSync(path, "utf8");
  text = text.replaceAll(`require("../calls/cached-function")`, `require("../zcache.js")`);
  for (const other of lazy)
    text = text.replaceAll(`require("./${other.split("/").pop()}")`, `require("./${other}")`);
  writeFileSync(
    path,
    text.replaceAll(/\brequire\(("node:\w+")\)/g, "process.getBuiltinModule($1)"),
  );
}

for (const entry of entries.runtime) {
  const names = exported.get(entry);
  const code = `"use strict";\nconst { ${names.join(", ")} } = require("./zcache.js");\nmodule.exports = { ${names.join(", ")} };\n`;
  writeFileSync(`${root}dist/${entry}.js`, code);
}

for (const [entry, all] of exported) {
  const path = `${root}dist/${entry}`;
  const names = all.filter((name) => name !== "default");
  const from = JSON.stringify(`./${entry.split("/").pop()}.js`);
  const loaded = entries.runtime.includes(entry) ? '"./zcache.js"' : from;
  const code = names.length > 0 ? [`export { ${names.join(", ")} } from ${loaded};`] : [];
  const types = [`export * from ${from};`];
  if (all.includes("default")) {
    // Node takes all exports for the default one, Bun takes the export of that name.
    code.push(`import loaded from ${loaded};`, "export default loaded.default ?? loaded;");
    types.push(
      `import cjs from ${from};`,
      "declare const defaultExport: typeof cjs.default;",
      "export default defaultExport;",
    );
  }
  writeFileSync(`${path}.mjs`, `${code.join("\n")}\n`);
  writeFileSync(`${path}.d.mts`, `${types.join("\n")}\n`);
}

// Output that a build keeps must not be used after the code that made it has changed.
const hash = createHash("sha256");
for (const file of readdirSync(`${root}dist`, { recursive: true })
  .filter((name) => name.endsWith(".js"))
  .sort())
  hash.update(readFileSync(`${root}dist/${file}`));
writeFileSync(`${root}dist/transformer/code-hash.txt`, hash.digest("hex"));

// These files exist only to be loaded.
for (const entry of ["transformer/hosts/register", "runtime/yaml"]) {
  writeFileSync(`${root}dist/${entry}.mjs`, `import "./${entry.split("/").pop()}.js";\n`);
  writeFileSync(`${root}dist/${entry}.d.mts`, "export {};\n");
}

buildStudio();
