/**
 * Runs the checks on code that was not written for them. It puts `@zcache` above every async
 * function of packages that publish their TypeScript sources, or of a checkout on disk, and prints
 * what the checks report, each alarm with the function that it concerns.
 *
 *     node scripts/real-projects.mjs mongodb matrix-js-sdk
 *     node scripts/real-projects.mjs --source ../shop/tsconfig.json --directory ../shop/server
 *     node scripts/real-projects.mjs --rule incomplete-key --sample 60 --seed 1 mongodb
 *     node scripts/real-projects.mjs --invalidations --source ../shop
 *
 * With `--invalidations` it puts an invalidation into every function instead of an annotation, and
 * prints what `invalidate-in-transaction` reports, what it misses, and what it reports beyond what
 * names show: see seeded-invalidations.mjs.
 *
 * With `--suite` it runs the suites of public projects instead, compiled with zcache: see
 * real-suites.mjs.
 *
 * None of that code was meant to be cached, so alarms are expected, and a reader has to find out
 * which of them are false. Errors that TypeScript itself reports are left out. Sources are
 * annotated in memory without adding lines, so places are those of the files.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { parseArgs } from "node:util";
import { annotate, placesOfAsyncFunctions } from "./async-functions.mjs";
import { installPackage } from "./published-package.mjs";
import { countSeeded, expectedInvalidations, seedInvalidations } from "./seeded-invalidations.mjs";

const require = createRequire(import.meta.url);
require("ts-node/register/transpile-only");
const ts = require("typescript");
const { Session } = require("../transformer/program/session");
const { resolvePluginOptions } = require("../transformer/context/plugin-options");
const { checkGrades } = require("../transformer/context/rules");

const { values: args, positionals: packages } = parseArgs({
  allowPositionals: true,
  options: {
    // A folder with a tsconfig.json, or a tsconfig by another name.
    source: { type: "string", multiple: true, default: [] },
    directory: { type: "string", multiple: true }, // of a source: annotate only what is in there
    rule: { type: "string", multiple: true }, // print the findings of these checks only
    hints: { type: "boolean", default: false },
    sample: { type: "string" }, // print this many findings, drawn at random
    seed: { type: "string", default: "1" },
    invalidations: { type: "boolean", default: false },
    suite: { type: "boolean", default: false },
    only: { type: "string" }, // of the suites: tests whose titles have this text
    checkouts: { type: "string", default: ".." }, // of the suites: the folder that the projects are in
  },
});
if (args.suite) {
  const { runSuites } = await import("./real-suites.mjs");
  runSuites(args.checkouts, packages, args.only);
  process.exit();
}
if (packages.length + args.source.length === 0)
  throw new Error(
    "Name packages, or a checkout: node scripts/real-projects.mjs mongodb --source ../shop",
  );

/**
 * A function that is given to one of these runs at once, so a reader doesn't have to check where it
 * is.
 */
const plainlyCalled = new Set([
  ".map",
  ".forEach",
  ".filter",
  ".find",
  ".some",
  ".every",
  ".reduce",
  ".flatMap",
  ".sort",
]);

for (const name of packages) checkPackage(name);
for (const source of args.source) checkCheckout(source);

function checkPackage(name) {
  const folder = mkdtempSync(join(tmpdir(), "zcache-real-"));
  try {
    const installed = installPackage(name, folder);
    const sources = ["src", "src.ts", "lib"]
      .map((one) => join(installed, one))
      .find((one) => existsSync(one) && readdirSync(one, { recursive: true }).some(isSource));
    if (!sources) throw new Error(`${name} publishes no TypeScript sources.`);
    // Files below node_modules don't count as the program's own.
    const project = join(folder, "project");
    mkdirSync(project);
    cpSync(sources, join(project, "src"), { recursive: true });
    cpSync(join(installed, "package.json"), join(project, "package.json"));
    const config = ts.parseJsonConfigFileContent(
      { compilerOptions: packageOptions(folder) },
      ts.sys,
      project,
    );
    check(name, project, config, () => true);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Makes options, because packages don't include their tsconfig. */
function packageOptions(folder) {
  return {
    target: "es2022",
    lib: ["es2023", "dom", "dom.iterable"],
    module: "esnext",
    moduleResolution: "bundler",
    esModuleInterop: true,
    experimentalDecorators: true,
    strict: true,
    skipLibCheck: true,
    types: ["node"],
    typeRoots: [join(folder, "node_modules/@types")],
  };
}

function checkCheckout(source) {
  const path = statSync(source).isDirectory() ? join(source, "tsconfig.json") : source;
  const host = {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => console.error(messageText),
  };
  const config = ts.getParsedCommandLineOfConfigFile(resolve(path), {}, host);
  const project = dirname(resolve(path));
  const directories = (args.directory ?? [project]).map((one) => resolve(one) + sep);
  check(basename(project), project, config, (file) =>
    directories.some((one) => file.startsWith(one)),
  );
}

function isSource(path) {
  return (
    /\.[cm]?tsx?$/.test(path) &&
    !/\.d\.[cm]?ts$|(?:^|\/)(?:__tests__|__mocks__|tests?|e2e|fixtures|node_modules)\/|\.(?:test|spec|stories)\./.test(
      path,
    )
  );
}

function check(name, project, { fileNames, options }, isAnnotated) {
  const compilerOptions = { ...options, noEmit: true, incremental: false, composite: false };
  const paths = fileNames.filter((path) => isSource(relative(project, path)));
  const annotated = new Set(paths.filter(isAnnotated));
  const host = ts.createCompilerHost(compilerOptions, true);
  const { readFile } = host;
  host.readFile = (path) => {
    const text = readFile(path);
    if (!annotated.has(path)) return text;
    if (args.invalidations) return seedInvalidations(ts, path, text);
    return annotate(text, placesOfAsyncFunctions(ts, path, text));
  };
  const started = process.hrtime.bigint();
  const program = ts.createProgram(paths, compilerOptions, host);
  const session = new Session({
    ts,
    compilerOptions,
    options: resolvePluginOptions({}),
    packages: ts.sys,
    program,
  });
  const files = [...annotated].map((path) => program.getSourceFile(path));
  const findings = files.flatMap((file) => findingsIn(session, file));
  if (args.invalidations) return printInvalidations(name, project, program, files, findings);
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;

  const asked = findings.filter(({ rule }) => args.rule?.includes(rule) ?? true);
  const drawn = args.sample ? draw(asked, Number(args.sample), Number(args.seed)) : asked;
  for (const { file, start, line, grade, message } of drawn) {
    const signature = signatureOf(program, session.targets(), file, start);
    console.log(
      `${relative(project, file.fileName)}:${line} ${grade}\n    ${signature}\n    ${message}`,
    );
  }
  const alarmed = new Set(
    findings
      .filter(({ grade }) => grade === "error")
      .map(({ file, start }) => `${file.fileName}:${start}`),
  );
  console.log(
    `\n${name}: ${files.length} files, ${session.targets().length} annotated functions, ${alarmed.size} with an error, ` +
      `${unresolvedImports(program, files)} imports that could not be resolved, ${seconds.toFixed(0)} s`,
  );
  const counts = new Map();
  for (const { grade, rule } of findings)
    counts.set(`${grade} ${rule}`, (counts.get(`${grade} ${rule}`) ?? 0) + 1);
  for (const [rule, count] of [...counts].sort()) console.log(`  ${rule.padEnd(32)} ${count}`);
}

/**
 * The reports of the check beyond those that the names of transaction functions lead one to expect.
 */
function printInvalidations(name, project, program, files, findings) {
  const counts = new Map();
  const count = (what) => counts.set(what, (counts.get(what) ?? 0) + 1);
  for (const file of files) {
    const expected = expectedInvalidations(ts, program, file);
    const own = findings.filter(
      (finding) => finding.file === file && finding.rule === "invalidate-in-transaction",
    );
    const print = (what, start, more) => {
      const { line } = file.getLineAndCharacterOfPosition(start);
      const text = file.text.split("\n")[line].trim().slice(0, 140);
      console.log(`${what} ${relative(project, file.fileName)}:${line + 1}${more}\n    ${text}`);
    };
    for (const { start } of own) {
      const one = expected.get(start);
      count(one ? `found, ${one.kind}` : "reported beyond the names");
      if (!one) print("BEYOND", start, "");
      else if (one.around.length > 0) {
        count(`  of these in a function given to ${one.around.join(" > ")}`);
        if (!one.around.every((callee) => plainlyCalled.has(callee)))
          print("INNER", start, ` ${one.around.join(" > ")}`);
      }
    }
    for (const [start, { kind }] of expected) {
      if (own.some((finding) => finding.start === start)) continue;
      count(`missed, ${kind}`);
      print("MISSED", start, ` ${kind}`);
    }
  }
  const functions = files.reduce((sum, file) => sum + countSeeded(file), 0);
  console.log(
    `\n${name}: ${files.length} files, ${functions} functions, ${unresolvedImports(program, files)} imports that could not be resolved`,
  );
  for (const [what, number] of [...counts].sort()) console.log(`  ${what.padEnd(60)} ${number}`);
}

function findingsIn(session, file) {
  const ofGrade = (grade, diagnostics) =>
    diagnostics.flatMap(({ start, messageText }) => {
      const message = ts.flattenDiagnosticMessageText(messageText, " ");
      const rule = /\[zcache\/([\w-]+)\]$/.exec(message)?.[1];
      const line = file.getLineAndCharacterOfPosition(start).line + 1;
      // A function that can't be cached at all shows nothing about the checks.
      return checkGrades.has(rule) ? [{ file, start, line, grade, rule, message }] : [];
    });
  return [
    ...ofGrade("error", session.diagnosticsOf(file)),
    ...(args.hints ? ofGrade("hint", session.hintsOf(file)) : []),
  ];
}

/**
 * Returns the function whose directive the finding is in: up to its body, with the type that it
 * returns if that isn't declared.
 */
function signatureOf(program, targets, file, start) {
  const found = targets.find(({ sourceFile, word }) => sourceFile === file && word.start === start);
  if (!found) return "(no function's)";
  const { node } = found.target;
  const checker = program.getTypeChecker();
  const type = checker.typeToString(
    checker.getReturnTypeOfSignature(checker.getSignatureFromDeclaration(node)),
  );
  const text = file.text
    .slice(node.getStart(file), node.body.getStart(file))
    .replaceAll(/\s+/g, " ");
  return `${found.owner}: ${text.slice(0, 400)}${node.type ? "" : `/* ${type} */`}`;
}

/**
 * Draws `count` of the findings, in their order. They are the same for the same seed (mulberry32).
 */
function draw(findings, count, seed) {
  let state = seed;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const ranked = findings
    .map((finding) => ({ finding, rank: random() }))
    .sort((a, b) => a.rank - b.rank);
  const drawn = new Set(ranked.slice(0, count).map(({ finding }) => finding));
  return findings.filter((finding) => drawn.has(finding));
}

/**
 * Finds imports without types. They are any, which the checks say nothing about, so a failed
 * install would look like a good rate.
 */
function unresolvedImports(program, files) {
  const checker = program.getTypeChecker();
  const imports = files.flatMap(({ statements }) =>
    statements.filter((one) => ts.isImportDeclaration(one)),
  );
  return imports.filter(
    (one) => one.importClause && !checker.getSymbolAtLocation(one.moduleSpecifier),
  ).length;
}
