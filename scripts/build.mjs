/**
 * Builds dist/: CommonJS, and for each entry of the runtime an ES module that hands out
 * the very same objects. One process that has both kinds of files thus has one registry,
 * and one class of each error.
 */
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);

rmSync(`${root}dist`, { recursive: true, force: true });
const tsc = spawnSync(process.execPath, [require.resolve("typescript/bin/tsc"), "-p", `${root}scripts/tsconfig.build.json`], { stdio: "inherit" });
if (tsc.status !== 0) process.exit(tsc.status ?? 1);

for (const entry of ["index", "runtime"]) {
  const names = Object.keys(require(`${root}dist/runtime/${entry}.js`)).filter((name) => name !== "__esModule");
  const code = `import cjs from "./${entry}.js";\nexport const { ${names.join(", ")} } = cjs;\n`;
  writeFileSync(`${root}dist/runtime/${entry}.mjs`, code);
  writeFileSync(`${root}dist/runtime/${entry}.d.mts`, `export * from "./${entry}.js";\n`);
}
