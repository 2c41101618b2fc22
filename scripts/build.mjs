/**
 * Builds dist/: CommonJS, and for each entry an ES module that hands out the very same
 * objects. One process that has both kinds of files thus has one registry, and one class
 * of each error.
 *
 * What a program loads, `zcache` and `zcache/runtime`, is one file: to find and open fifty small ones takes three times
 * as long as all that is in them, and each file more a millisecond. So `require` has what emitted code needs beside what
 * the types of `zcache` say. `index.js` and `runtime.js` are for what resolves a package without its `exports`.
 */
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);

rmSync(`${root}dist`, { recursive: true, force: true });
const compiler = [require.resolve("typescript/bin/tsc"), "-p", `${root}scripts/tsconfig.build.json`];
const { status } = spawnSync(process.execPath, compiler, { stdio: "inherit" });
if (status !== 0) process.exit(status ?? 1);

const entries = {
  runtime: ["runtime/index", "runtime/runtime"],
  others: ["runtime/testing/index", "runtime/opentelemetry", "runtime/prometheus", "transformer/index"],
};
const exportsOf = (entry) => Object.keys(require(`${root}dist/${entry}.js`)).filter((name) => name !== "__esModule");
const exported = new Map([...entries.runtime, ...entries.others].map((entry) => [entry, exportsOf(entry)]));

const bundle = {
  bundle: true,
  packages: "external",
  platform: "node",
  target: "node20",
  logLevel: "warning",
};
buildSync({
  ...bundle,
  stdin: { contents: 'export * from "./index"; export * from "./runtime";', resolveDir: `${root}runtime` },
  outfile: `${root}dist/runtime/zcache.js`,
  // Each module was strict by itself. In a sloppy bundle, `this` of a detached call would be the global object.
  banner: { js: '"use strict";' },
  // Loaded when a value needs it. It has a copy of what it imports, none of which has state.
  external: ["./structured-codec"],
});
buildSync({
  ...bundle,
  entryPoints: [`${root}runtime/structured-codec.ts`],
  outfile: `${root}dist/runtime/structured-codec.js`,
  allowOverwrite: true,
});
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
  const code = [`import cjs from ${loaded};`, `export const { ${names.join(", ")} } = cjs;`];
  const types = [`export * from ${from};`];
  if (all.includes("default")) {
    code.push("export default cjs.default;");
    types.push(
      `import cjs from ${from};`,
      "declare const defaultExport: typeof cjs.default;",
      "export default defaultExport;",
    );
  }
  writeFileSync(`${path}.mjs`, `${code.join("\n")}\n`);
  writeFileSync(`${path}.d.mts`, `${types.join("\n")}\n`);
}
