import { dirname, relative } from "node:path";
import type ts from "typescript";
import { diffLock } from "../lock/lock-diff";
import { type DiskState } from "../hosts/disk-state";
import { type Lock, lockFileName, printLock, withoutPlaces } from "../lock/lock";
import {
  type Arguments,
  type Command,
  CommandError,
  exitCodes,
  projectOption,
  type Terminal,
} from "./command";
import { type Project, showPath, targetsOf, useWorkspace, type Workspace } from "./load-projects";
import { findConfig } from "./find-config";
import { watchSources } from "./watch-sources";
import { examineEntry } from "./examine-entry";
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
  summary:
    "Reports what is wrong with the cached functions, and what a merge would do to their entries",
  details: `Errors and differences from ${lockFileName} are problems, hints are not. Nothing is emitted.`,
  options: {
    project: projectOption,
    format: {
      value: "FORMAT",
      choices: formats,
      description: "for people, for programs, as annotations of GitHub Actions",
    },
    "without-lock": {
      description: `only the problems of the sources: nothing is compared with ${lockFileName}`,
    },
    "with-state": {
      description: "with --format json: what the answer depends on, for a program that keeps it",
    },
    watch: {
      short: "w",
      description: "checks again after each change, between lines that a problem matcher finds",
    },
    "with-types": { description: "reports the compiler's own errors too" },
  },
  run: (args, terminal) =>
    args.flags.has("watch")
      ? checkAgain(args, terminal)
      : Promise.resolve(checkOnce(args, terminal)),
};

function checkOnce(args: Arguments, terminal: Terminal): number {
  return useWorkspace(args, terminal, (workspace) => checkWorkspace(workspace, args, terminal));
}

function checkWorkspace(workspace: Workspace, args: Arguments, terminal: Terminal): number {
  const found = [...checkEntries(workspace), ...checkSources(workspace, args, terminal)];
  const wrongFiles = new Set(
    found.filter(({ grade }) => grade === "error").map(({ file }) => file),
  );
  const problems = args.flags.has("without-lock")
    ? found
    : [...found, ...checkLock(workspace, wrongFiles)];
  const format = (args.values["format"] ?? "pretty") as Format;
  if (format === "pretty") terminal.writeColored(printPretty(problems, terminal.hasColors));
  else terminal.write(printers[format](problems, filesOf(workspace), stateOf(workspace)));
  if (format === "pretty") terminal.write(`${summarize(workspace, problems)}\n`);
  return problems.some(({ grade }) => grade !== "hint") ? exitCodes.problems : exitCodes.clean;
}

/**
 * Prints in the form that editors read: one line marks the beginning of each run, and another its
 * end.
 */
async function checkAgain(args: Arguments, terminal: Terminal): Promise<number> {
  const { directory } = terminal;
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  process.once("SIGTERM", () => stop.abort());
  const run = (): void => {
    terminal.write("zcache: checking …\n");
    try {
      checkOnce(args, terminal);
    } catch (error) {
      // A half-written tsconfig or source is an error now, and will be correct after the next
      // change.
      if (!(error instanceof CommandError)) throw error;
      terminal.write(`${error.message}\n`);
    }
    terminal.write("zcache: watching for changes.\n");
  };
  // This happens before the first run, which takes seconds, because an edit meanwhile would be
  // missed.
  const watching = watchSources(
    dirname(findConfig(directory, args.values["project"])),
    stop.signal,
    run,
  );
  run();
  await watching;
  return exitCodes.clean;
}

/** A config whose functions nothing caches is a problem, even if the functions are correct. */
function checkEntries({ projects, configFile: solution, directory }: Workspace): Reported[] {
  return projects.flatMap(({ configFile, targets }) => {
    const finding = targets.length === 0 ? null : examineEntry(configFile, directory, solution);
    if (finding === null) return [];
    const file = showPath({ directory }, configFile);
    return [{ ...finding, code: null, name: null, file, start: null, end: null, source: null }];
  });
}

function stateOf({ recorded, directory, projects }: Workspace): DiskState | null | undefined {
  return recorded?.stateFor(
    directory,
    projects.map(({ configFile: file, parsed }) => ({ file, parsed })),
  );
}

function filesOf(workspace: Workspace): string[] {
  return workspace.projects.flatMap(({ files }) =>
    files.map(({ fileName }) => showPath(workspace, fileName)),
  );
}

function checkSources(workspace: Workspace, args: Arguments, terminal: Terminal): Reported[] {
  const withTypes = args.flags.has("with-types");
  const found: Reported[] = [];
  for (const project of workspace.projects) {
    const { files, configFile } = project;
    for (const [i, file] of files.entries()) {
      terminal.progress(
        `Checking ${relative(workspace.directory, configFile)}: file ${i + 1} of ${files.length} …`,
      );
      found.push(...checkFile(workspace, project, file, withTypes));
    }
    if (withTypes)
      found.push(
        ...project.program.getGlobalDiagnostics().map((one) => report(workspace, one, "error")),
      );
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
  // A compiler that ts-patch has patched permanently reports zcache's problems itself.
  const compilers = [
    ...program.getSyntacticDiagnostics(file),
    ...program.getSemanticDiagnostics(file),
  ];
  return sortByPlace([
    ...own,
    ...compilers
      .filter(({ code }) => !isOwnCode(code))
      .map((one) => report(workspace, one, "error")),
  ]);
}

function report(
  workspace: Workspace,
  diagnostic: ts.Diagnostic,
  grade: "error" | "hint",
): Reported {
  return reportDiagnostic(workspace.ts, diagnostic, grade, (fileName) =>
    showPath(workspace, fileName),
  );
}

function sortByPlace(problems: readonly Reported[]): Reported[] {
  const order = ({ start }: Reported): number => (start ? start.line * 10_000 + start.column : 0);
  return problems.toSorted((a, b) => order(a) - order(b));
}

/** Reports the consequences first. A lock that differs only in form is reported as out of date. */
function checkLock(workspace: Workspace, wrongFiles: ReadonlySet<string>): Reported[] {
  const text = readLockText(workspace);
  if (text === null) return [];
  const { lock: source, targets, typeNames } = createSourceLock(workspace);
  const changes = diffLock(parseLockText(text), source, typeNames).filter(
    // If its directive has an error, that is why it seems to be gone.
    ({ before, after }) => after !== null || before === null || !wrongFiles.has(before.file),
  );
  const found = changes.map(({ message, after }): Reported => {
    const target = after && targets.get(after);
    const common = { grade: "lock" as const, code: null, name: null, message };
    if (!target) return { ...common, file: lockFileName, start: null, end: null, source: null };
    const { sourceFile, word } = target;
    return {
      ...common,
      ...placeOf(sourceFile, word.start, word.end, (name) => showPath(workspace, name)),
    };
  });
  if (found.length > 0 || wrongFiles.size > 0) return found;
  const isCurrent =
    text.replaceAll("\r\n", "\n") === printLock(source) || differsInPlacesAlone(text, source);
  if (isCurrent) return found;
  const message = "The lock is not what zcache lock would write, though no entry is affected.";
  return [
    {
      grade: "lock",
      code: null,
      name: null,
      message,
      file: lockFileName,
      start: null,
      end: null,
      source: null,
    },
  ];
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
  const advice = problems.some(({ grade }) => grade === "lock")
    ? ` zcache lock accepts the changes.`
    : "";
  return `${functions}: ${counts.length === 0 ? "no problems" : counts.join(", ")}.${advice}`;
}
