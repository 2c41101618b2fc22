/**
 * Shows that a cached function behaves like the original one, by running the suites of public
 * projects in four ways: as they are; with every async function compiled with zcache and
 * ZCACHE_DISABLED=1; with the cache on, each call under a key of its own and nothing stored, so
 * that all of the machinery runs and no call is a hit; and without zcache, but with every async
 * function beginning a few ticks late, because a cached one looks the key up before its loader
 * begins (docs/differences.md). Tests whose result differs are printed. Those that are explained by
 * a late start, or by another difference that the docs name, are counted separately.
 *
 *     npm run real-projects -- --suite --checkouts ../suites hono ioredis
 *
 * It needs checkouts with their dependencies installed (`npm install --ignore-scripts
 * --legacy-peer-deps` is enough for most), and a build of zcache. Sources are compiled in place,
 * and restored afterwards.
 */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { asyncFunctions } from "./async-functions.mjs";
import { projects } from "./real-suites.projects.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);
const ts = require("typescript");

const directive = `/* @zcache key: "u:{Math.random()}", when: "false" */ `;

const modes = [
  { name: "plain", text: "text", env: {} },
  { name: "disabled", text: "compiled", env: { ZCACHE_DISABLED: "1" } },
  { name: "enabled", text: "compiled", env: {} },
  { name: "late", text: "late", env: {} },
];

/** The code that delays a function which begins late. */
const ticks = "for (let late = 0; late < 20; late++) await null;";

/**
 * @param names of the projects, or none for all that there are
 * @param only the tests whose titles have this text
 */
export function runSuites(checkouts, names, only) {
  const wanted =
    names.length > 0
      ? names
      : Object.keys(projects).filter((name) => existsSync(join(checkouts, name)));
  const rows = wanted.map((name) => runSuite(name, resolve(checkouts, name), projects[name], only));
  const titles = [
    "project",
    "functions",
    "tests",
    "fail as they are",
    "disabled",
    "enabled",
    "named in the docs",
  ];
  console.log(`\n| ${titles.join(" | ")} |\n| ${titles.map(() => "---").join(" | ")} |`);
  for (const row of rows) console.log(`| ${row.join(" | ")} |`);
}

function runSuite(name, checkout, project, only) {
  if (!project)
    throw new Error(
      `No suite of the name ${name}. There are: ${Object.keys(projects).join(", ")}.`,
    );
  installZcache(join(checkout, project.folder ?? "."));
  const { files, count: functions } = compileSources(checkout, project);
  const { known = [] } = project;
  const results = new Map();
  for (const { name: mode, text, env } of modes) {
    // If nothing differs, nothing has to be explained.
    if (mode === "late" && differences(results.get("plain"), results.get("enabled")).length === 0)
      continue;
    const started = Date.now();
    const putBack = () => files.forEach((file) => replace(file.path, file.text));
    process.once("exit", putBack);
    for (const file of files) replace(file.path, file[text]);
    try {
      results.set(mode, runTests(join(checkout, project.folder ?? "."), project, env, only));
    } finally {
      putBack();
      process.off("exit", putBack);
    }
    const seconds = ((Date.now() - started) / 1000).toFixed(0);
    console.log(`${name}, ${mode}: ${summaryOf(results.get(mode))}, ${seconds} s`);
  }
  const [plain, disabled, enabled, late] = modes.map(({ name: mode }) => results.get(mode));
  const isLate = new Set(late ? differences(plain, late).map(({ test }) => test) : []);
  let explained = 0;
  /** Prints the differences, and counts those that nothing explains. */
  const count = (mode, found) => {
    const unexplained = found.filter(({ test, before, after }) => {
      const because =
        mode === "enabled" && isLate.has(test)
          ? "it begins late"
          : known.find(({ tests }) => tests.test(test))?.because;
      console.log(`  ${mode}: ${test}: ${before}, then ${after}${because ? ` (${because})` : ""}`);
      return because === undefined;
    });
    explained += found.length - unexplained.length;
    return unexplained.length;
  };
  const counts = [
    count("disabled", differences(plain, disabled)),
    count("enabled", differences(plain, enabled)),
  ];
  const failing = [...plain.values()].filter((status) => status.includes("failed")).length;
  return [`${name} ${versionOf(checkout)}`, functions, plain.size, failing, ...counts, explained];
}

function versionOf(checkout) {
  return JSON.parse(readFileSync(join(checkout, "package.json"), "utf8")).version;
}

/** The packed package, as a user has it. */
function installZcache(folder) {
  const target = join(folder, "node_modules/zcache");
  rmSync(target, { recursive: true, force: true });
  const packed = mkdtempSync(join(tmpdir(), "zcache-packed-"));
  const [{ filename }] = JSON.parse(
    run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", packed], root),
  );
  run("tar", ["xzf", filename], packed);
  mkdirSync(dirname(target), { recursive: true });
  cpSync(join(packed, "package"), target, { recursive: true });
  rmSync(packed, { recursive: true });
}

function run(command, args, cwd) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}${stderr}`);
  return stdout;
}

/**
 * Two forms of the sources: with a directive above every async function that can have one, and with
 * all of these begun late.
 */
function compileSources(checkout, { sources, experimentalDecorators = false, format }) {
  const { transformText } = require(join(root, "dist/transformer/text/transform-text.js"));
  const { resolvePluginOptions } = require(
    join(root, "dist/transformer/context/plugin-options.js"),
  );
  const options = {
    options: resolvePluginOptions({ namespace: "suite" }),
    experimentalDecorators,
    format,
  };
  const files = [];
  let count = 0;
  for (const path of sources.flatMap((source) => filesBelow(join(checkout, source)))) {
    const text = readFileSync(path, "utf8");
    const functions = asyncFunctions(ts, path, text);
    for (;;) {
      const places = [...functions.keys()];
      if (places.length === 0) break;
      const { code, problems } = transformText(annotate(text, places), path, options);
      if (problems.length === 0) {
        const late = beginLate(text, [...functions.values()]);
        files.push({ path, text, compiled: code, late });
        count += places.length;
        break;
      }
      // A function that can't be cached stays as it is. Its place is the last one before the
      // problem.
      for (const { start, message } of problems) {
        if (process.env.SUITE_VERBOSE) console.log(`  ${relative(checkout, path)}: ${message}`);
        functions.delete(placeBefore(places, start));
      }
    }
  }
  return { files, count };
}

function beginLate(text, bodies) {
  const insertions = bodies.flatMap((body) =>
    ts.isBlock(body)
      ? [[body.getStart() + 1, ` ${ticks}`]]
      : [
          [body.getStart(), `(await (async () => { ${ticks} })(), `],
          [body.getEnd(), ")"],
        ],
  );
  // If two are in one place, the end of the inner body comes before that of the outer one.
  return insertions
    .toSorted(([a], [b]) => b - a)
    .reduce((all, [place, inserted]) => all.slice(0, place) + inserted + all.slice(place), text);
}

/** The file may be linked to another checkout's. */
function replace(path, text) {
  unlinkSync(path);
  writeFileSync(path, text);
}

function annotate(text, places) {
  return places
    .toReversed()
    .reduce((all, place) => all.slice(0, place) + directive + all.slice(place), text);
}

function placeBefore(places, start) {
  const at = places.findLastIndex((place, i) => place + i * directive.length <= start);
  return places[Math.max(0, at)];
}

function filesBelow(path) {
  if (!existsSync(path)) throw new Error(`There is no ${path}.`);
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[cm]?tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter(
      (file) => !/\.d\.[cm]?ts$|\.(?:test|spec|case\.test)\.[cm]?tsx?$|\/node_modules\//.test(file),
    )
    .sort();
}

/** Maps each test's name to its result. */
function runTests(folder, { prepare = [], command, reader, env: own = {} }, env, only) {
  const output = join(mkdtempSync(join(tmpdir(), "zcache-suite-")), "report.json");
  const environment = { ...process.env, FORCE_COLOR: "0", ...own, ...env };
  for (const [program, ...args] of prepare) {
    const { status, stdout, stderr } = spawnSync(program, args, {
      cwd: folder,
      encoding: "utf8",
      env: environment,
    });
    // A compiler reports type errors, which don't matter for what is emitted, and emits
    // nevertheless.
    if (status !== 0 && process.env.SUITE_VERBOSE)
      console.log(`  ${program} ${args.join(" ")}: ${stdout}${stderr}`);
  }
  const [program, ...args] = command.map((one) => one.replace("{output}", output));
  if (only) args.push(onlyOptions[reader], only);
  const { stdout, stderr } = spawnSync(program, args, {
    cwd: folder,
    encoding: "utf8",
    env: environment,
    maxBuffer: 2 ** 30,
  });
  const report = existsSync(output) ? readFileSync(output, "utf8") : stdout;
  try {
    return readers[reader](report, folder);
  } catch (error) {
    throw new Error(
      `The tests in ${folder} gave no report:\n${stdout.slice(-3000)}${stderr.slice(-3000)}`,
      {
        cause: error,
      },
    );
  }
}

/** How each test runner is made to run only some tests. */
const onlyOptions = { jest: "-t", mocha: "--grep", tap: "--match" };

const readers = {
  /** Reads the output of jest and vitest. */
  jest(text, folder) {
    const results = new Map();
    for (const { name, assertionResults, status } of JSON.parse(text).testResults) {
      const file = relative(folder, name);
      if (assertionResults.length === 0) add(results, file, status);
      for (const { fullName, status: one } of assertionResults)
        add(results, `${file}: ${fullName}`, one);
    }
    return results;
  },
  mocha(text) {
    const results = new Map();
    const { passes, failures, pending } = JSON.parse(text.slice(text.indexOf("{\n")));
    const all = { passed: passes, failed: failures, skipped: pending };
    for (const [status, tests] of Object.entries(all))
      for (const one of tests) add(results, one.fullTitle, status);
    return results;
  },
  /** Reads the output of AVA. */
  tap(text) {
    const results = new Map();
    for (const [, not, title] of text.matchAll(/^(not )?ok \d+ - (.*)$/gm))
      add(results, title.replace(/ # (?:SKIP|TODO).*$/, ""), not ? "failed" : "passed");
    if (results.size === 0) throw new Error("No results");
    return results;
  },
};

/** Several tests may have one name. */
function add(results, name, status) {
  results.set(name, [...(results.get(name) ?? []), status].sort());
}

function differences(plain, other) {
  const names = new Set([...plain.keys(), ...other.keys()]);
  return [...names].flatMap((name) => {
    const [before, after] = [plain, other].map((results) => results.get(name)?.join() ?? "not run");
    return before === after ? [] : [{ test: name, before, after }];
  });
}

function summaryOf(results) {
  const counts = {};
  for (const status of [...results.values()].flat()) counts[status] = (counts[status] ?? 0) + 1;
  return Object.entries(counts)
    .map(([status, count]) => `${count} ${status}`)
    .join(", ");
}
