import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type DiskState } from "./disk-state";
import { type HostProblem } from "./host-problem";
import { KeptAnswers } from "./kept-answers";

/** The output of `zcache check --format json`. */
interface Printed {
  readonly problems: readonly {
    readonly grade: "error" | "hint" | "lock";
    readonly code: number | null;
    readonly name: string | null;
    readonly message: string;
    readonly file: string;
    readonly start: { readonly line: number; readonly column: number } | null;
    readonly end: { readonly line: number; readonly column: number } | null;
  }[];
  readonly files: readonly string[];
  /** What the answer depends on, or null if something changed in the meantime. */
  readonly state: DiskState | null;
}

export interface TypeChecked {
  readonly problems: readonly HostProblem[];
  /** The sources that were read. A change of one of them may change the findings. */
  readonly files: readonly string[];
  /** Why the checks could not be run, or null if they were. */
  readonly failure: string | null;
}

/**
 * Runs the checks that need types, for a host that compiles single files and has no types. They run
 * in a process of their own, so that the build continues in the meantime.
 */
export function runTypeChecks(
  tsconfig: string,
  kept = KeptAnswers.above<TypeChecked>(dirname(resolve(tsconfig)), "checks"),
): Promise<TypeChecked> {
  const known = kept?.find(tsconfig);
  if (known) return Promise.resolve(known);
  const main = join(__dirname, "../command-line/main.js");
  const args = [
    main,
    "check",
    "--project",
    tsconfig,
    "--format",
    "json",
    "--without-lock",
    "--with-state",
  ];
  return new Promise((resolveWith) => {
    const options = {
      cwd: dirname(resolve(tsconfig)),
      maxBuffer: 2 ** 28,
      env: { ...process.env, NODE_OPTIONS: nodeOptions().join(" ") },
    };
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      try {
        const printed = JSON.parse(stdout) as Printed;
        const checked = { ...readPrinted(printed, dirname(resolve(tsconfig))), failure: null };
        kept?.keep(tsconfig, checked, printed.state);
        resolveWith(checked);
      } catch {
        resolveWith({
          problems: [],
          files: [],
          failure: stderr.trim() || error?.message || "zcache check printed nothing.",
        });
      }
    });
  });
}

/**
 * Returns the options of Node for the process of the checks: those of this process without which it
 * would find no packages, or too little memory. Hooks and debuggers are left out.
 */
export function nodeOptions(
  given: readonly string[] = [process.env["NODE_OPTIONS"] ?? "", ...process.execArgv],
): readonly string[] {
  const memory = given.join(" ").match(/--max[-_]old[-_]space[-_]size[= ]\d+/g) ?? [];
  // With Plug'n'Play of Yarn packages are in archives, which only this file can read.
  const isPlugged = "pnp" in process.versions;
  return [
    ...memory,
    ...(isPlugged ? ["--require", JSON.stringify(require.resolve("pnpapi"))] : []),
  ];
}

function readPrinted(
  { problems, files }: Printed,
  directory: string,
): Pick<TypeChecked, "problems" | "files"> {
  const found = problems.flatMap(({ grade, code, name, message, file, start, end }) => {
    if (grade !== "error" || !start) return [];
    const path = resolve(directory, file);
    const lineText = readFileSync(path, "utf8").split(/\r?\n/)[start.line - 1] ?? "";
    const length =
      end && end.line === start.line
        ? end.column - start.column
        : lineText.length - start.column + 1;
    const text = name === null ? message : `${message} [zcache/${name}]`;
    const { line, column } = start;
    return [
      {
        file: path,
        line,
        column,
        length: Math.max(1, length),
        code: code ?? 0,
        message: text,
        lineText,
      },
    ];
  });
  return { problems: found, files: files.map((file) => resolve(directory, file)) };
}
