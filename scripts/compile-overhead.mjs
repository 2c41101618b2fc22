/**
 * What zcache adds to a compilation: `tspc` on the sources of a published package, without the plugin entry, with 1 % and
 * with 30 % of its async functions annotated, in turns.
 *
 *     node scripts/compile-overhead.mjs [package] [--rounds 5]
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { installPackage } from "./published-package.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "5" } },
});
const [name = "matrix-js-sdk"] = positionals;
const shares = [null, 0.01, 0.3];

const folder = mkdtempSync(join(tmpdir(), "zcache-overhead-"));
try {
  measure(folder);
} finally {
  rmSync(folder, { recursive: true });
}

function measure(at) {
  const installed = installPackage(name, at);
  for (const own of ["typescript", "ts-patch"]) {
    rmSync(join(at, "node_modules", own), { recursive: true, force: true });
    symlinkSync(join(root, "node_modules", own), join(at, "node_modules", own));
  }
  symlinkSync(root, join(at, "node_modules/zcache"));
  const projects = shares.map((share) => ({ share, ...createProject(at, installed, share), times: [] }));
  for (let round = 0; round <= Number(values.rounds); round++) {
    for (const project of projects) {
      const time = compile(at, project.directory);
      // The first round fills the caches of the disk.
      if (round > 0) project.times.push(time);
    }
  }
  const [plain] = projects;
  for (const { share, directory, functions, annotated, times } of projects) {
    const ratio = median(times.map((time, i) => time / plain.times[i])).toFixed(3);
    const label = share === null ? "plain" : `${annotated} of ${functions} annotated`;
    console.log(
      `${label.padEnd(28)} ${median(times).toFixed(2)} s   ${ratio}   ${countPlans(directory)} functions cached`,
    );
  }
}

function createProject(at, installed, share) {
  const directory = join(at, `project-${share}`);
  mkdirSync(directory);
  cpSync(join(installed, "src"), join(directory, "src"), { recursive: true });
  const files = readdirSync(join(directory, "src"), { recursive: true }).filter((file) => /(?<!\.d)\.ts$/.test(file));
  let functions = 0;
  let annotated = 0;
  for (const file of files.sort()) {
    const path = join(directory, "src", file);
    const text = readFileSync(path, "utf8").replaceAll(
      /^([ \t]*)(?=(?:(?:public|private|protected|static|export) )*async \w)/gm,
      (indent) => {
        functions++;
        if (share === null || Math.floor(functions * share) === Math.floor((functions - 1) * share)) return indent;
        annotated++;
        return `${indent}// @zcache\n${indent}`;
      },
    );
    writeFileSync(path, text);
  }
  const plugin = { name: "zcache", transform: "zcache/transformer", transformProgram: true };
  const compilerOptions = {
    ...{ target: "es2022", module: "es2022", moduleResolution: "bundler", esModuleInterop: true, strict: true },
    ...{ skipLibCheck: true, experimentalDecorators: true, types: ["node"], outDir: "out", rootDir: "src" },
    ...(share !== null && { plugins: [plugin] }),
  };
  writeFileSync(join(directory, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["src"] }));
  writeFileSync(join(directory, "package.json"), JSON.stringify({ name: "overhead" }));
  return { directory, functions, annotated };
}

/** Seconds. Errors of the package's own, and those of the checks, don't keep anything from being emitted. */
function compile(at, directory) {
  const args = [join(at, "node_modules/ts-patch/bin/tspc.js"), "-p", directory];
  const started = process.hrtime.bigint();
  const { stdout } = spawnSync(process.execPath, args, { encoding: "utf8", maxBuffer: 1 << 28 });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  // With options that it refuses, the compiler asks for no semantic diagnostics, and no check runs.
  const refused = /^.*error TS[56]\d{3}: .*$/m.exec(stdout)?.[0];
  if (refused && !/^\S+\.tsx?\(/.test(refused)) throw new Error(`tspc refuses its options: ${refused}`);
  return seconds;
}

/** Of functions that were rewritten: without them, what was measured is something else. */
function countPlans(directory) {
  const files = readdirSync(join(directory, "out"), { recursive: true }).filter((file) => file.endsWith(".js"));
  const texts = files.map((file) => readFileSync(join(directory, "out", file), "utf8"));
  return texts.reduce((count, text) => count + (text.match(/^function \w+_plan(?:_\d+)?\(\) /gm)?.length ?? 0), 0);
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}
