/**
 * The checks on code that nobody wrote for them: fetches packages that publish their TypeScript sources, puts
 * `// @zcache` above every async function, and prints what the checks say.
 *
 *     node scripts/real-projects.mjs mongodb matrix-js-sdk
 *     node scripts/real-projects.mjs --rule incomplete-key --keep mongodb
 *
 * Nothing in there was meant to be cached, so alarms are expected: which of them are false, somebody has to read. What
 * TypeScript itself reports is left out, for packages come without their tsconfig.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { annotate, placesOfAsyncFunctions } from "./async-functions.mjs";
import { installPackage } from "./published-package.mjs";

const require = createRequire(import.meta.url);
require("ts-node/register/transpile-only");
const ts = require("typescript");
const { Session } = require("../transformer/session");
const { resolvePluginOptions } = require("../transformer/plugin-options");
const { checkGrades } = require("../transformer/rules");
const root = dirname(dirname(fileURLToPath(import.meta.url)));

const { values: args, positionals: packages } = parseArgs({
  allowPositionals: true,
  options: {
    rule: { type: "string", multiple: true, description: "print the findings of these checks only" },
    hints: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
    directory: { type: "string", default: "src" },
  },
});
if (packages.length === 0) throw new Error("Name packages: node scripts/real-projects.mjs mongodb matrix-js-sdk");

for (const name of packages) {
  const folder = mkdtempSync(join(tmpdir(), "zcache-real-"));
  try {
    check(name, fetchSources(name, folder));
  } finally {
    if (args.keep) console.log(`sources are in ${folder}`);
    else rmSync(folder, { recursive: true });
  }
}

function fetchSources(name, folder) {
  const installed = installPackage(name, folder);
  const sources = [args.directory, "src", "src.ts", "lib"]
    .map((one) => join(installed, one))
    .find((one) => existsSync(one) && typeScriptFiles(one).length > 0);
  if (!sources) throw new Error(`${name} publishes no TypeScript sources.`);
  // Files below node_modules are not taken for the program's own.
  const project = join(folder, "project");
  mkdirSync(project);
  cpSync(sources, join(project, "src"), { recursive: true });
  cpSync(join(installed, "package.json"), join(project, "package.json"));
  return project;
}

function typeScriptFiles(folder) {
  return readdirSync(folder, { recursive: true })
    .filter(
      (path) =>
        /\.[cm]?tsx?$/.test(path) &&
        !/\.d\.[cm]?ts$|(?:^|\/)(?:__tests__|tests?|fixtures|node_modules)\/|\.(?:test|spec)\./.test(path),
    )
    .map((path) => join(folder, path))
    .sort();
}

function check(name, project) {
  const files = typeScriptFiles(join(project, "src"));
  for (const file of files) {
    const text = readFileSync(file, "utf8");
    writeFileSync(file, annotate(text, placesOfAsyncFunctions(ts, file, text)));
  }
  const compilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    esModuleInterop: true,
    experimentalDecorators: true,
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: ["node"],
    typeRoots: [join(project, "../node_modules/@types")],
    paths: { zcache: [join(root, "runtime/index.ts")] },
  };
  const program = ts.createProgram(files, compilerOptions);
  const session = new Session({ ts, compilerOptions, options: resolvePluginOptions({}), packages: ts.sys, program });
  const started = process.hrtime.bigint();
  const counts = new Map();
  const alarmed = new Set();
  for (const file of files.map((path) => program.getSourceFile(path))) {
    const found = [
      ...session.diagnosticsOf(file).map((one) => ["error", one]),
      ...(args.hints ? session.hintsOf(file).map((one) => ["hint", one]) : []),
    ];
    for (const [grade, { start, messageText }] of found) {
      const message = ts.flattenDiagnosticMessageText(messageText, " ");
      const rule = /\[zcache\/([\w-]+)\]$/.exec(message)?.[1];
      // A function that can't be cached at all says nothing about the checks.
      if (!checkGrades.has(rule)) continue;
      const { line } = file.getLineAndCharacterOfPosition(start);
      counts.set(`${grade} ${rule}`, (counts.get(`${grade} ${rule}`) ?? 0) + 1);
      if (grade === "error") alarmed.add(`${file.fileName}:${line}`);
      if (!args.rule || args.rule.includes(rule))
        console.log(`${relative(project, file.fileName)}:${line + 1} ${grade} ${message}`);
    }
  }
  const targets = session.targets().length;
  const ms = Number(process.hrtime.bigint() - started) / 1e6;
  console.log(
    `\n${name}: ${files.length} files, ${targets} annotated functions, ${alarmed.size} with an error, ${ms.toFixed(0)} ms`,
  );
  for (const [rule, count] of [...counts].sort()) console.log(`  ${rule.padEnd(32)} ${count}`);
}
