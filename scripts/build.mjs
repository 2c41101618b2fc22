/**
 * Builds dist/: CommonJS, and for each entry an ES module that hands out the very same
 * objects. One process that has both kinds of files thus has one registry, and one class
 * of each error.
 */
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);

rmSync(`${root}dist`, { recursive: true, force: true });
const compiler = [require.resolve("typescript/bin/tsc"), "-p", `${root}scripts/tsconfig.build.json`];
const { status } = spawnSync(process.execPath, compiler, { stdio: "inherit" });
if (status !== 0) process.exit(status ?? 1);

for (const entry of [
  "runtime/index",
  "runtime/runtime",
  "runtime/testing/index",
  "runtime/opentelemetry",
  "runtime/prometheus",
  "transformer/index",
]) {
  const path = `${root}dist/${entry}`;
  const exported = Object.keys(require(`${path}.js`));
  const names = exported.filter((name) => name !== "__esModule" && name !== "default");
  const from = JSON.stringify(`./${entry.split("/").pop()}.js`);
  const code = [`import cjs from ${from};`, `export const { ${names.join(", ")} } = cjs;`];
  const types = [`export * from ${from};`];
  if (exported.includes("default")) {
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
