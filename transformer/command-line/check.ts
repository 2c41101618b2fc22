import { relative } from "node:path";
import type ts from "typescript";
import { diffLock } from "../lock/lock-diff";
import { type Lock, lockFileName, printLock, withoutPlaces } from "../lock/lock";
import { type Arguments, type Command, exitCodes, projectOption, type Terminal } from "./command";
import { loadWorkspace, type Project, showPath, targetsOf, type Workspace } from "./load-projects";
import { createSourceLock, parseLockText, readLockText } from "./lock-file";
import {
  type Format,
  formats,
  isOwnCode,
  placeOf,
  printers,
  printPretty,
  reportDiagnostic,
  type Reported,
} from "./problem-report";

export const check: Command = {
  name: "check",
  positionals: "",
  count: [0, 0],
  summary: "Everything that is wrong with the cached functions, and what a merge would do to their entries",
  details: `Errors and differences from ${lockFileName} are problems, hints are not. Nothing is emitted.`,
  options: {
    project: projectOption,
    format: {
      value: "FORMAT",
      choices: formats,
      description: "for people, for programs, as annotations of GitHub Actions",
    },
    "without-lock": { description: `only what the sources say: nothing is compared with ${lockFileName}` },
    "with-types": { description: "the compiler's own errors too" },
  },
  run: async (args, terminal) => {
    const workspace = loadWorkspace(args, terminal);
    const found = checkSources(workspace, args, terminal);
    const wrongFiles = new Set(found.filter(({ grade }) => grade === "error").map(({ file }) => file));
    const problems = args.flags.has("without-lock") ? found : [...found, ...checkLock(workspace, wrongFiles)];
    const format = (args.values["format"] ?? "pretty") as Format;
    if (format === "pretty") terminal.writeColored(printPretty(problems, terminal.hasColors));
    else terminal.write(printers[format](problems));
    if (format === "pretty") terminal.write(`${summarize(workspace, problems)}\n`);
    return problems.some(({ grade }) => grade !== "hint") ? exitCodes.problems : exitCodes.clean;
  },
};

function checkSources(workspace: Workspace, args: Arguments, terminal: Terminal): Reported[] {
  const withTypes = args.flags.has("with-types");
  const found: Reported[] = [];
  for (const project of workspace.projects) {
    const { files, configFile } = project;
    for (const [i, file] of files.entries()) {
      terminal.progress(`Checking ${relative(workspace.directory, configFile)}: file ${i + 1} of ${files.length} …`);
      found.push(...checkFile(workspace, project, file, withTypes));
    }
    if (withTypes) found.push(...project.program.getGlobalDiagnostics().map((one) => report(workspace, one, "error")));
  }
  terminal.progress(null);
  return found;
}

function checkFile(
  workspace: Workspace,
  { program, session }: Project,
  file: ts.SourceFile,
  withTypes: boolean,
): Reported[] {
  const own = [
    ...session.diagnosticsOf(file).map((one) => report(workspace, one, "error")),
    ...session.hintsOf(file).map((one) => report(workspace, one, "hint")),
  ];
  if (!withTypes) return sortByPlace(own);
  // A compiler that ts-patch has patched for good says itself what zcache says.
  const compilers = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  return sortByPlace([
    ...own,
    ...compilers.filter(({ code }) => !isOwnCode(code)).map((one) => report(workspace, one, "error")),
  ]);
}

function report(workspace: Workspace, diagnostic: ts.Diagnostic, grade: "error" | "hint"): Reported {
  return reportDiagnostic(workspace.ts, diagnostic, grade, (fileName) => showPath(workspace, fileName));
}

function sortByPlace(problems: readonly Reported[]): Reported[] {
  const order = ({ start }: Reported): number => (start ? start.line * 10_000 + start.column : 0);
  return problems.toSorted((a, b) => order(a) - order(b));
}

/** The consequences first; a lock that differs in form alone is said to be old. */
function checkLock(workspace: Workspace, wrongFiles: ReadonlySet<string>): Reported[] {
  const text = readLockText(workspace);
  if (text === null) return [];
  const { lock: source, targets, typeNames } = createSourceLock(workspace);
  const changes = diffLock(parseLockText(text), source, typeNames).filter(
    // An error in its directive is why it seems to be gone.
    ({ before, after }) => after !== null || before === null || !wrongFiles.has(before.file),
  );
  const found = changes.map(({ message, after }): Reported => {
    const target = after && targets.get(after);
    const common = { grade: "lock" as const, code: null, name: null, message };
    if (!target) return { ...common, file: lockFileName, start: null, end: null, source: null };
    const { sourceFile, word } = target;
    return { ...common, ...placeOf(sourceFile, word.start, word.end, (name) => showPath(workspace, name)) };
  });
  if (found.length > 0 || wrongFiles.size > 0) return found;
  const isCurrent = text.replaceAll("\r\n", "\n") === printLock(source) || differsInPlacesAlone(text, source);
  if (isCurrent) return found;
  const message = "The lock is not what zcache lock would write, though no entry is concerned.";
  return [{ grade: "lock", code: null, name: null, message, file: lockFileName, start: null, end: null, source: null }];
}

function differsInPlacesAlone(text: string, source: Lock): boolean {
  const lock = parseLockText(text);
  const isWritten = text.replaceAll("\r\n", "\n") === printLock(lock);
  return isWritten && printLock(withoutPlaces(lock)) === printLock(withoutPlaces(source));
}

function summarize(workspace: Workspace, problems: readonly Reported[]): string {
  const count = (grade: Reported["grade"], one: string, many: string): string[] => {
    const { length } = problems.filter((problem) => problem.grade === grade);
    return length === 0 ? [] : [`${length} ${length === 1 ? one : many}`];
  };
  const counts = [
    ...count("error", "error", "errors"),
    ...count("lock", "change since the lock", "changes since the lock"),
    ...count("hint", "hint", "hints"),
  ];
  const { length } = targetsOf(workspace);
  const functions = `${length} cached function${length === 1 ? "" : "s"}`;
  const advice = problems.some(({ grade }) => grade === "lock") ? ` zcache lock accepts the changes.` : "";
  return `${functions}: ${counts.length === 0 ? "nothing to complain of" : counts.join(", ")}.${advice}`;
}
