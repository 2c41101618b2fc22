import { writeFileSync } from "node:fs";
import { diffLock } from "../lock/lock-diff";
import { lockFileName, LockError, parseLock, printLock } from "../lock/lock";
import { type Command, CommandError, exitCodes, projectOption, type Terminal } from "./command";
import { useWorkspace, type Workspace } from "./load-projects";
import { createSourceLock, lockPath, readLockText, type SourceLock } from "./lock-file";

export const lock: Command = {
  name: "lock",
  positionals: "",
  count: [0, 0],
  summary: `Writes ${lockFileName}: the keys, options and return types of all cached functions`,
  details: "Commit it. zcache check then shows what a change does to the entries in Redis.",
  options: {
    project: projectOption,
    check: { description: "write nothing, and fail if the file would change" },
  },
  run: async (args, terminal) =>
    useWorkspace(args, terminal, (workspace) => {
      refuseErrors(workspace);
      const sourceLock = createSourceLock(workspace);
      const { lock: source } = sourceLock;
      const [before, after] = [readLockText(workspace), printLock(source)];
      const functions = `${source.functions.length} cached function${source.functions.length === 1 ? "" : "s"}`;
      // Git may have converted the line ends.
      if (before?.replaceAll("\r\n", "\n") === after) {
        terminal.write(`${lockFileName} is up to date: ${functions}.\n`);
        return exitCodes.clean;
      }
      if (before !== null) writeChanges(before, sourceLock, terminal);
      if (args.flags.has("check")) {
        terminal.write(
          `${lockFileName} ${before === null ? "does not exist" : "would change"}. zcache lock writes it.\n`,
        );
        return exitCodes.problems;
      }
      writeFileSync(lockPath(workspace), after);
      terminal.write(`${lockFileName} written: ${functions}.\n`);
      return exitCodes.clean;
    }),
};

/**
 * Refuses to lock a program with errors. A directive with an error caches nothing, so the lock
 * would lose its function.
 */
function refuseErrors({ projects }: Workspace): void {
  const errors = projects.flatMap(({ files, session }) =>
    files.flatMap((file) => session.diagnosticsOf(file)),
  );
  if (errors.length === 0) return;
  throw new CommandError(
    `The source has ${errors.length === 1 ? "an error" : `${errors.length} errors`}, which zcache check shows. The lock was not changed.`,
  );
}

function writeChanges(before: string, source: SourceLock, terminal: Terminal): void {
  try {
    for (const { message } of diffLock(parseLock(before), source.lock, source.typeNames))
      terminal.write(`${message}\n`);
  } catch (error) {
    // The lock is rewritten in any case.
    if (!(error instanceof LockError)) throw error;
    terminal.write(`${error.message}\n`);
  }
}
