/** One command of `zcache`. */
export interface Command {
  readonly name: string;
  /** The arguments after the name: `FILE:LINE | KEY`. */
  readonly positionals: string;
  /** The minimum and maximum number of positional arguments. */
  readonly count: readonly [least: number, most: number];
  readonly summary: string;
  readonly details?: string;
  readonly options: Readonly<Record<string, Option>>;
  /**
   * Runs a command that passes its arguments on to another program and has no options of its own.
   */
  readonly runRaw?: (argv: readonly string[], terminal: Terminal) => Promise<number>;
  /** @returns the exit code */
  readonly run: (args: Arguments, terminal: Terminal) => Promise<number>;
}

export interface Option {
  readonly short?: string;
  /** The name of its value in the help. Without it the option is a flag. */
  readonly value?: string;
  /** The only allowed values. */
  readonly choices?: readonly string[];
  readonly description: string;
}

export interface Arguments {
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly flags: ReadonlySet<string>;
}

/** Where a command reads and writes. A command uses nothing else of the process. */
export interface Terminal {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether stdout is a terminal that shows colours. */
  readonly hasColors: boolean;
  /**
   * Writes text. Invisible characters are escaped, so that no key, value or name from elsewhere
   * reaches the terminal raw.
   */
  readonly write: (text: string) => void;
  /** Writes text with colours, whose parts have been made printable. */
  readonly writeColored: (text: string) => void;
  /** Writes beside the answer, which a program may read. */
  readonly warn: (text: string) => void;
  /** Shows the progress of a long run, on a terminal only. Null removes it. */
  readonly progress: (text: string | null) => void;
}

/** Thrown for invalid command-line usage. */
export class UsageError extends Error {}

/** Thrown when a valid command could not be carried out. */
export class CommandError extends Error {}

export const exitCodes = { clean: 0, problems: 1, usage: 2 } as const;

export const projectOption: Option = {
  short: "p",
  value: "FILE",
  description: "the tsconfig.json, or the folder it is in (default: the nearest one)",
};
