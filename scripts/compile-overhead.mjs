/**
 * Measures what zcache adds to a compilation: a large project compiled by `tspc` without the plugin
 * entry, twice, and with 1 % and 30 % of its async functions annotated. The second run without it
 * shows the noise.
 *
 *     node scripts/compile-overhead.mjs matrix-js-sdk
 *     node scripts/compile-overhead.mjs --source ~/checkout --project tsconfig.build.json --mode emit --mode no-emit
 *
 * A package must publish its TypeScript sources; a checkout must have its dependencies installed.
 * All compilations of a round run at the same time on the same core, so that whatever else the
 * machine does slows them alike, and the CPU time of each is compared. With --alone they run in
 * turns, and wall time is reported too, for a machine that does nothing else. "inside" is the share
 * of a CPU profile that is spent in zcache and in what it calls.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { text as readAll } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { annotate, placesOfAsyncFunctions } from "./async-functions.mjs";
import { shareOf } from "./profile-share.mjs";
import { installPackage } from "./published-package.mjs";

const require = createRequire(import.meta.url);
const ts = require("typescript");
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tspc = require.resolve("ts-patch/bin/tspc.js");

const modes = {
  emit: { args: [], emits: true },
  "no-emit": { args: ["--noEmit"], emits: false },
  // Nothing has changed since the build before.
  incremental: {
    args: ["--incremental", "--tsBuildInfoFile", "overhead.tsbuildinfo"],
    emits: true,
  },
};

/** Calls of the compiler's own function of the same name are not zcache's work. */
const passing = /^(?:program|internal)\.(?:emit|get\w+Diagnostics)$/;

/** One more annotated function, with an error that only a check finds. */
const canaryText = "\n// @zcache\nexport async function zcacheCanary(): Promise<void> {}\n";

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    source: { type: "string", description: "a checkout, in place of a package" },
    project: { type: "string", default: "tsconfig.json", description: "the checkout's" },
    zcache: {
      type: "string",
      multiple: true,
      default: [root],
      description: "built checkouts of zcache to compare",
    },
    share: { type: "string", multiple: true, default: ["0.01", "0.3"] },
    mode: { type: "string", multiple: true, default: ["emit"] },
    rounds: { type: "string", default: "5" },
    alone: {
      type: "boolean",
      default: false,
      description: "in turns, for a machine that does nothing else",
    },
    keep: {
      type: "boolean",
      default: false,
      description: "leave the variants, to look at or to profile",
    },
    seed: { type: "string", default: "1", description: "chooses the functions" },
  },
});

const scratch = mkdtempSync(join(tmpdir(), "zcache-overhead-"));
try {
  const source = args.source
    ? resolve(args.source)
    : createPackageProject(positionals[0] ?? "matrix-js-sdk", scratch);
  await measure(readProject(source, args.project));
} finally {
  if (args.keep) console.log(`variants are in ${scratch}`);
  else rmSync(scratch, { recursive: true });
}

/**
 * Creates a project from the sources of a published package, which doesn't include its tsconfig.
 */
function createPackageProject(name, at) {
  const installed = installPackage(name, at);
  const directory = join(at, "project");
  mkdirSync(directory);
  cpSync(join(installed, "src"), join(directory, "src"), { recursive: true });
  symlinkSync(join(at, "node_modules"), join(directory, "node_modules"));
  const compilerOptions = {
    ...{
      target: "es2022",
      module: "es2022",
      moduleResolution: "bundler",
      esModuleInterop: true,
      strict: true,
    },
    ...{ skipLibCheck: true, experimentalDecorators: true, types: ["node"], rootDir: "src" },
  };
  writeFileSync(
    join(directory, "tsconfig.json"),
    JSON.stringify({ compilerOptions, include: ["src"] }),
  );
  writeFileSync(join(directory, "package.json"), JSON.stringify({ name }));
  return directory;
}

/** Returns the files that the compiler would be given, and where in them a directive can be. */
function readProject(directory, project) {
  const { config } = ts.readConfigFile(join(directory, project), ts.sys.readFile);
  const { fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, directory);
  const files = fileNames
    .filter((path) => /(?<!\.d)\.[cm]?tsx?$/.test(path))
    .map((path) => ({ path: relative(directory, path), text: readFileSync(path, "utf8") }));
  const functions = files.flatMap(({ path, text }) =>
    placesOfAsyncFunctions(ts, path, text).map((place) => ({ path, place })),
  );
  // Each share is part of the larger ones.
  const order = ({ path, place }) =>
    createHash("sha256").update(`${args.seed} ${path} ${place}`).digest("hex");
  const sorted = functions
    .map((one) => ({ ...one, order: order(one) }))
    .sort((a, b) => (a.order < b.order ? -1 : 1));
  return { directory, project, files, functions: sorted };
}

async function measure(project) {
  const { files, functions } = project;
  const lines = files.reduce((sum, { text }) => sum + text.split("\n").length, 0);
  console.log(
    `${files.length} files, ${lines} lines, ${functions.length} async functions; seed ${args.seed}`,
  );
  console.log(
    `Node ${process.versions.node}, TypeScript ${ts.version}, ts-patch ${require("ts-patch").tspVersion ?? require("ts-patch/package.json").version}\n`,
  );
  const plain = { label: "plain", ...createVariant(project, [], null) };
  const variants = [
    plain,
    { ...plain, label: "plain again" },
    ...args.share.flatMap((share) => {
      const chosen = functions.slice(0, Math.max(1, Math.round(functions.length * Number(share))));
      return args.zcache.map((build, i) => ({
        label: `${chosen.length} annotated (${(100 * Number(share)).toFixed(0)} %)${i > 0 ? `, ${build}` : ""}`,
        ...createVariant(project, chosen, resolve(build)),
      }));
    }),
  ];
  for (const mode of args.mode) {
    if (!(mode in modes))
      throw new Error(`--mode must be one of ${Object.keys(modes).join(", ")}, but got: ${mode}.`);
    await measureMode(mode, variants);
  }
}

async function measureMode(mode, variants) {
  const rounds = Number(args.rounds);
  // The first round fills the disk's caches, and writes what an incremental build begins with.
  for (const variant of variants) confirm(variant, await compile(variant, mode), mode);
  const runs = variants.map(() => []);
  for (let round = 0; round < rounds; round++) {
    if (!args.alone) {
      const made = await Promise.all(
        variants.map((variant) => compile(variant, mode, { isPinned: true })),
      );
      made.forEach((run, i) => runs[i].push(run));
      continue;
    }
    // Each variant runs in each place of the round, because a run after something large finds other
    // caches.
    for (let i = 0; i < variants.length; i++) {
      const at = (i + round) % variants.length;
      runs[at].push(await compile(variants[at], mode));
    }
  }
  if (rounds === 0) return;
  console.log(`${mode}, ${rounds} rounds`);
  for (const [i, variant] of variants.entries()) {
    const ratios = runs[i].map(({ cpu }, round) => cpu / runs[0][round].cpu).sort((a, b) => a - b);
    const wall = median(runs[i].map((run, round) => run.wall / runs[0][round].wall));
    console.log(
      `  ${variant.label.padEnd(28)} ${median(runs[i].map(({ cpu }) => cpu))
        .toFixed(2)
        .padStart(6)} s of CPU  ` +
        `ratio ${median(ratios).toFixed(3)} (${ratios[0].toFixed(3)} to ${ratios.at(-1).toFixed(3)})  ` +
        (args.alone ? `wall ${wall.toFixed(3)}  ` : "") +
        (variant.build
          ? `inside ${(1 + (await shareInside(variant, mode))).toFixed(3)}  ${variant.told}`
          : ""),
    );
  }
  console.log();
}

/** @param build null for a variant without the plugin entry */
function createVariant({ directory: source, project, files }, chosen, build) {
  const directory = mkdtempSync(join(scratch, "variant-"));
  const isCopied = (path) =>
    !/(?:^|\/)(?:node_modules|\.git|dist|build|out)(?:\/|$)/.test(relative(source, path));
  cpSync(source, directory, { recursive: true, filter: isCopied });
  symlinkSync(join(source, "node_modules"), join(directory, "node_modules"));
  const [{ path: canaryPath }] = chosen.length > 0 ? chosen : files;
  for (const { path, text } of files) {
    const places = chosen.filter((one) => one.path === path).map(({ place }) => place);
    const canary = path === canaryPath && build ? canaryText : "";
    if (places.length > 0) writeFileSync(join(directory, path), annotate(text, places) + canary);
  }
  const plugin = build && {
    transform: join(build, "dist/transformer/index.js"),
    transformProgram: true,
  };
  const compilerOptions = {
    ...{
      outDir: outOf(directory),
      noEmit: false,
      noEmitOnError: false,
      incremental: false,
      pretty: false,
    },
    ...(plugin && { plugins: [plugin] }),
  };
  const tsconfig = { extends: `./${project}`, compilerOptions };
  writeFileSync(join(directory, "tsconfig.overhead.json"), JSON.stringify(tsconfig));
  return { directory, annotated: build ? chosen.length + 1 : 0, build };
}

async function compile({ directory }, mode, { flags = [], isPinned = false } = {}) {
  const report = ["--require", join(root, "scripts/report-cpu-time.cjs")];
  const command = [
    process.execPath,
    ...flags,
    ...report,
    tspc,
    "-p",
    "tsconfig.overhead.json",
    ...modes[mode].args,
  ];
  const [program, ...rest] = isPinned ? ["taskset", "--cpu-list", "0", ...command] : command;
  const started = process.hrtime.bigint();
  const child = spawn(program, rest, {
    cwd: directory,
    stdio: ["ignore", "pipe", "inherit", "pipe"],
  });
  const [stdout, cpu] = await Promise.all([readAll(child.stdout), readAll(child.stdio[3])]);
  return { stdout, wall: Number(process.hrtime.bigint() - started) / 1e9, cpu: Number(cpu) / 1e6 };
}

async function shareInside(variant, mode) {
  const profiles = `${variant.directory}-profile`;
  await compile(variant, mode, { flags: ["--cpu-prof", "--cpu-prof-dir", profiles] });
  const [profile] = readdirSync(profiles);
  const share = shareOf(join(profiles, profile), join(variant.build, "dist"), passing);
  rmSync(profiles, { recursive: true });
  return share;
}

/**
 * Makes sure that the checks ran and that functions were rewritten; otherwise the run measures
 * something else.
 */
function confirm(variant, { stdout }, mode) {
  const { annotated, build, directory } = variant;
  const refused = /^error TS.*$/m.exec(stdout)?.[0];
  // If it refuses its options, the compiler asks for no semantic diagnostics, and no check runs.
  if (refused) throw new Error(`tspc refuses its options: ${refused}`);
  if (!build) return;
  const { checkGrades } = require(join(build, "dist/transformer/context/rules.js"));
  const found = [...stdout.matchAll(/^(\S+\(\d+),.*\[zcache\/([\w-]+)\]$/gm)];
  if (!found.some(([line]) => line.includes("zcacheCanary")))
    throw new Error(`The checks did not run: ${directory}`);
  const errors = found.filter(([, , rule]) => checkGrades.has(rule)).length;
  const unfit = new Set(
    found.filter(([, , rule]) => !checkGrades.has(rule)).map(([, line]) => line),
  );
  variant.told = `${errors} errors of checks`;
  if (!modes[mode].emits) return;
  const rewritten = countPlans(outOf(directory));
  variant.told += `, ${rewritten} functions rewritten, ${unfit.size} refused`;
  if (rewritten + unfit.size !== annotated)
    throw new Error(`${annotated} functions are annotated, but ${variant.told}: ${directory}`);
}

/** Returns a folder beside the project, because a folder within it would be compiled with it. */
function outOf(directory) {
  return `${directory}-out`;
}

function countPlans(out) {
  const files = readdirSync(out, { recursive: true }).filter((file) => /\.[cm]?jsx?$/.test(file));
  const texts = files.map((file) => readFileSync(join(out, file), "utf8"));
  return texts.reduce(
    (count, text) => count + (text.match(/^function [\w$]+_plan(?:_\d+)?\(\) /gm)?.length ?? 0),
    0,
  );
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}
