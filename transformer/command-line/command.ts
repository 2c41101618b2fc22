/** One command of `zcache`. */
export interface Command {
  readonly name: string;
  /** What stands behind the name: `FILE:LINE | KEY`. */
  readonly positionals: string;
  /** How many of them there may be. */
  readonly count: readonly [least: number, most: number];
  readonly summary: string;
  readonly details?: string;
  readonly options: Readonly<Record<string, Option>>;
  /** For a command that hands its arguments on to another program, and has no options of its own. */
  readonly runRaw?: (argv: readonly string[], terminal: Terminal) => Promise<number>;
  /** @returns the exit code */
  readonly run: (args: Arguments, terminal: Terminal) => Promise<number>;
}

export interface Option {
  readonly short?: string;
  /** What its value is called in the help; without it the option is a flag. */
  readonly value?: string;
  /** The only values it may have. */
  readonly choices?: readonly string[];
  readonly description: string;
}

export interface Arguments {
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly flags: ReadonlySet<string>;
}

/** Where a command reads and writes: all it has of the process. */
export interface Terminal {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** stdout is a terminal that shows colours. */
  readonly hasColors: boolean;
  /** What can't be seen is written as an escape: no key, value or name of somebody else's reaches the terminal raw. */
  readonly write: (text: string) => void;
  /** Text with colours, whose parts have been made printable. */
  readonly writeColored: (text: string) => void;
  /** Shown while a long run goes on, on a terminal only; null takes it away. */
  readonly progress: (text: string | null) => void;
}

/** The command was called in a way that it can't be. */
export class UsageError extends Error {}

/** The command was right, and could not be carried out. */
export class CommandError extends Error {}

export const exitCodes = { clean: 0, problems: 1, usage: 2 } as const;

export const projectOption: Option = {
  short: "p",
  value: "FILE",
  description: "the tsconfig.json, or the folder it is in (default: the nearest one)",
};
