import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { bench, compile, root } from "./prepare.mjs";
import { median } from "./rounds.mjs";

const functions = 2_000;
const processes = 20;

/**
 * Measures the bytes that one annotated function costs before it is ever called, compared with the
 * same function without a directive.
 */
export function measureFunctionMemory() {
  const folder = `${bench}build/footprint`;
  mkdirSync(`${folder}/src`, { recursive: true });
  writeFileSync(`${folder}/src/cached.ts`, writeFunctions("// @zcache ttl: 10m"));
  writeFileSync(`${folder}/src/plain.ts`, writeFunctions("// cached once"));
  writeFileSync(
    `${folder}/tsconfig.json`,
    JSON.stringify({
      extends: "../../tsconfig.json",
      compilerOptions: { rootDir: "src", outDir: "out" },
      include: ["src"],
    }),
  );
  compile(`${folder}/tsconfig.json`);
  const measure = (file) =>
    Number(node(["--expose-gc", "-e", heapGrowth, `${folder}/out/${file}.js`]));
  const bytes = [1, 2, 3].map(() => (measure("cached") - measure("plain")) / functions);
  return { functions, bytes: median(bytes) };
}

const heapGrowth = `
require("zcache/runtime");
gc(); const before = process.memoryUsage().heapUsed;
global.kept = require(process.argv[1]);
gc(); console.log(process.memoryUsage().heapUsed - before);`;

function writeFunctions(directive) {
  const one = (n) =>
    `${directive}\nexport async function f${n}(id: number, name: string): Promise<string> {\n  return id + name;\n}\n`;
  return Array.from({ length: functions }, (_, n) => one(n)).join("\n");
}

/**
 * Measures loading a module in a process of its own: the median milliseconds of time and of CPU,
 * and the number of files that were read. zcache is installed as npm installs it, because Node
 * takes 2 ms to follow a link. An empty package beside it shows what Node itself takes.
 */
export function measureImports(modules = ["zcache", "zcache/runtime", "empty", "ioredis"]) {
  const folder = `${bench}build/installed`;
  rmSync(folder, { recursive: true, force: true });
  for (const part of ["package.json", "dist"])
    cpSync(`${root}${part}`, `${folder}/node_modules/zcache/${part}`, { recursive: true });
  mkdirSync(`${folder}/node_modules/empty`);
  writeFileSync(
    `${folder}/node_modules/empty/package.json`,
    JSON.stringify({ name: "empty", exports: "./index.js" }),
  );
  writeFileSync(`${folder}/node_modules/empty/index.js`, "");
  const results = {};
  for (let i = 0; i < processes; i++) {
    for (const name of modules) {
      const { ms, cpuMs, files } = JSON.parse(node(["-e", loadTime, name], folder));
      (results[name] ??= { all: [], cpu: [] }).all.push(ms);
      results[name].cpu.push(cpuMs);
      results[name].files = files;
    }
  }
  for (const result of Object.values(results))
    Object.assign(result, { ms: median(result.all), cpuMs: median(result.cpu) });
  return results;
}

const loadTime = `
const start = performance.now(), cpuStart = process.cpuUsage();
require(process.argv[1]);
const ms = performance.now() - start, { user, system } = process.cpuUsage(cpuStart);
console.log(JSON.stringify({ ms, cpuMs: (user + system) / 1000, files: Object.keys(require.cache).length }));`;

function node(args, cwd = bench) {
  return execFileSync(process.execPath, args, { cwd, encoding: "utf8" });
}
