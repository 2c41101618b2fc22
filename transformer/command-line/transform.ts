import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { hasDirective } from "../context/concern";
import { BuildChecks } from "../hosts/build-checks";
import { describeProblem } from "../hosts/host-problem";
import { SourceCompiler } from "../hosts/source-compiler";
import { type Command, CommandError, exitCodes, type Terminal, UsageError } from "./command";

export const transform: Command = {
  name: "transform",
  positionals: "FOLDER",
  count: [1, 1],
  summary:
    "Copies a folder of sources with the cache in them: for command lines without plugins, such as swc's and Babel's",
  details: `The copy is TypeScript again, line by line the same. Compile it in place of the folder: each file that zcache
rewrites has a source map in it, which Babel reads by itself and swc with "inputSourceMap": true. A folder beside
the sources keeps imports such as ../package.json right. Files that are gone from the sources stay in the copy.`,
  options: {
    out: {
      short: "o",
      value: "FOLDER",
      description: "where the copy is written, outside the sources",
    },
    tsconfig: {
      value: "FILE",
      description: "the tsconfig.json for all files (default: the nearest one of each)",
    },
    "without-type-checks": {
      description: "leaves out the checks that need types, if zcache check runs elsewhere",
    },
  },
  run: async ({ positionals: [folder], values, flags }, terminal) => {
    const source = resolve(terminal.directory, folder as string);
    const out = values["out"] === undefined ? null : resolve(terminal.directory, values["out"]);
    if (out === null)
      throw new UsageError("zcache transform needs --out FOLDER, where the copy is written.");
    if (!statSync(source, { throwIfNoEntry: false })?.isDirectory())
      throw new CommandError(`${folder} is not a folder.`);
    if (isWithin(out, source) || isWithin(source, out))
      throw new UsageError(
        "--out must be a folder outside the sources, because the copy would overwrite or contain them.",
      );
    const compiler = new SourceCompiler(
      values["tsconfig"] && resolve(terminal.directory, values["tsconfig"]),
    );
    const checks = new BuildChecks(compiler, flags.has("without-type-checks") ? "never" : "build");
    const count = copyFolder(source, out, compiler, checks);
    const { problems, failures } = await checks.finish();
    // The tsconfig may include the copy too, which has already been checked as the sources.
    const own = problems.filter(({ file }) => !isWithin(resolve(terminal.directory, file), out));
    return report({ problems: own, failures }, count, terminal);
  },
};

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder + sep);
}

/** @returns how many files were rewritten */
function copyFolder(
  source: string,
  out: string,
  compiler: SourceCompiler,
  checks: BuildChecks,
): number {
  mkdirSync(out, { recursive: true });
  let count = 0;
  for (const entry of readdirSync(source, { withFileTypes: true })) {
    const [from, to] = [join(source, entry.name), join(out, entry.name)];
    if (entry.name === "node_modules") continue;
    if (statSync(from).isDirectory()) count += copyFolder(from, to, compiler, checks);
    else if (copyFile(from, to, compiler, checks)) count++;
  }
  return count;
}

function copyFile(
  from: string,
  to: string,
  compiler: SourceCompiler,
  checks: BuildChecks,
): boolean {
  const text = /\.[cm]?[jt]sx?$/.test(from) ? readFileSync(from, "utf8") : "";
  const { code, map, problems } = compiler.compile(text, from);
  checks.add(problems);
  if (hasDirective(text)) checks.meet(from);
  if (code !== null && map) writeFileSync(to, code + mapComment(map, from, to));
  else copyFileSync(from, to);
  return code !== null;
}

function mapComment(map: string, from: string, to: string): string {
  const sources = [relative(dirname(to), from).split(sep).join("/")];
  const encoded = Buffer.from(JSON.stringify({ ...(JSON.parse(map) as object), sources })).toString(
    "base64",
  );
  return `//# sourceMappingURL=data:application/json;charset=utf-8;base64,${encoded}\n`;
}

function report(
  { problems, failures }: Awaited<ReturnType<BuildChecks["finish"]>>,
  count: number,
  terminal: Terminal,
): number {
  for (const failure of failures)
    terminal.write(`zcache: the checks that need types were not run: ${failure}\n`);
  for (const problem of problems) terminal.write(`${describeProblem(problem)}\n`);
  terminal.write(`zcache: ${count} ${count === 1 ? "file" : "files"} rewritten.\n`);
  return problems.length > 0 ? exitCodes.problems : exitCodes.clean;
}
