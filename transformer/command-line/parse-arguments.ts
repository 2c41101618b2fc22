import { parseArgs } from "node:util";
import { nearest } from "../../runtime/suggest";
import { type Arguments, type Command, type Option, UsageError } from "./command";

/** @throws UsageError for arguments that the command doesn't accept */
export function parseArguments(command: Command, argv: readonly string[]): Arguments {
  const { options, positionals: what, count, name } = command;
  // `strict` is off, because it would print Node's own messages.
  const { tokens } = parseArgs({
    args: [...argv],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(options).map(([long, option]) => [long, toNode(option)]),
    ),
  });
  const positionals: string[] = [];
  const values: Record<string, string> = {};
  const flags = new Set<string>();
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const option = options[token.name];
    if (!option) throw unknownOption(command, token.rawName);
    if (option.value === undefined && token.value !== undefined)
      throw new UsageError(`${token.rawName} takes no value.`);
    if (option.value === undefined) flags.add(token.name);
    else values[token.name] = checkValue(token.rawName, option, token.value);
  }
  const [least, most] = count;
  if (positionals.length < least) throw new UsageError(`zcache ${name} needs ${what}.`);
  const extra = positionals[most];
  if (extra !== undefined)
    throw new UsageError(
      `zcache ${name} takes ${most === 0 ? "no arguments" : what}, so ${extra} is one too many.`,
    );
  // A shell passes an unset variable in quotes as an empty text.
  if (positionals.includes(""))
    throw new UsageError(
      `zcache ${name} takes ${what}, but an argument is empty. If it comes from a variable, check that the variable is set.`,
    );
  return { positionals, values, flags };
}

function toNode({ short, value }: Option): { type: "string" | "boolean"; short?: string } {
  return {
    type: value === undefined ? "boolean" : "string",
    ...(short !== undefined && { short }),
  };
}

function checkValue(name: string, { value, choices }: Option, given: string | undefined): string {
  if (given === undefined || given === "")
    throw new UsageError(`${name} needs a value: ${name} ${value}.`);
  if (!choices || choices.includes(given)) return given;
  throw new UsageError(
    `${name} must be ${listOf(choices)}, but got: ${given}.${didYouMean(given, choices)}`,
  );
}

function unknownOption({ options, name }: Command, given: string): UsageError {
  const known = Object.keys(options).map((option) => `--${option}`);
  return new UsageError(
    `Unknown option ${given}.${didYouMean(given, known)} See zcache ${name} --help.`,
  );
}

export function didYouMean(given: string, known: readonly string[]): string {
  const near = nearest(given, known);
  return near === null ? "" : ` Did you mean ${near}?`;
}

function listOf(choices: readonly string[]): string {
  return `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`;
}
