#!/usr/bin/env node
import Module from "node:module";
import { parseArguments, didYouMean } from "./parse-arguments";
import { type Command, CommandError, exitCodes, type Terminal, UsageError } from "./command";
import { ServerFailure } from "../compilers/native/server";
import { printCommandHelp, printHelp } from "./help";
import { printable, printableLines } from "./printable";

/**
 * Each command is loaded only when it is run, because a build doesn't need the code that uses
 * Redis.
 */
const commands: Readonly<Record<string, () => Command>> = {
  build: () => (require("./build") as typeof import("./build")).build,
  transform: () => (require("./transform") as typeof import("./transform")).transform,
  doctor: () => (require("./doctor") as typeof import("./doctor")).doctor,
  check: () => (require("./check") as typeof import("./check")).check,
  lock: () => (require("./lock") as typeof import("./lock")).lock,
  list: () => (require("./list") as typeof import("./list")).list,
  explain: () => (require("./explain") as typeof import("./explain")).explain,
  get: () => (require("./get") as typeof import("./get")).get,
  ttl: () => (require("./ttl") as typeof import("./ttl")).ttl,
  invalidate: () => (require("./invalidate") as typeof import("./invalidate")).invalidate,
  "invalidate-tag": () =>
    (require("./invalidate-tag") as typeof import("./invalidate-tag")).invalidateTag,
  studio: () => (require("./studio") as typeof import("./studio")).studio,
  top: () => (require("./top") as typeof import("./top")).top,
  mcp: () => (require("./mcp") as typeof import("./mcp")).mcp,
  lsp: () => (require("./lsp") as typeof import("./lsp")).lsp,
};

async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || ["help", "--help", "-h"].includes(name)) return show(terminal, rest[0]);
  if (name === "--version" || name === "-v") return showVersion(terminal);
  const command = findCommand(name);
  if (command.runRaw && rest[0] !== "--help" && rest[0] !== "-h")
    return command.runRaw(rest, terminal);
  if (rest.includes("--help") || rest.includes("-h")) return show(terminal, name);
  return command.run(parseArguments(command, rest), terminal);
}

function findCommand(name: string): Command {
  if (Object.hasOwn(commands, name)) return (commands[name] as () => Command)();
  const what = name.startsWith("-") ? "option" : "command";
  const known = didYouMean(name.replace(/^-+/, ""), Object.keys(commands));
  throw new UsageError(`Unknown ${what} ${name}.${known} See zcache --help.`);
}

function show(terminal: Terminal, name: string | undefined): number {
  terminal.write(
    name === undefined
      ? printHelp(Object.values(commands).map((load) => load()))
      : printCommandHelp(findCommand(name)),
  );
  return exitCodes.clean;
}

function showVersion(terminal: Terminal): number {
  // The path is relative to dist/transformer/command-line/.
  const { version } = require("../../../package.json") as { version: string };
  terminal.write(`${version}\n`);
  return exitCodes.clean;
}

const clearLine = "\r\x1b[K";

function createTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  let isShown = false;
  return {
    directory: process.cwd(),
    environment: env,
    hasColors: stdout.isTTY === true && stdout.hasColors(),
    write: (text) => void stdout.write(printableLines(text)),
    writeColored: (text) => void stdout.write(text),
    warn: (text) => void stderr.write(printableLines(text)),
    progress(text) {
      if (!stderr.isTTY || (text === null && !isShown)) return;
      isShown = text !== null;
      stderr.write(
        text === null ? clearLine : `${clearLine}${printable(text).slice(0, stderr.columns - 1)}`,
      );
    },
  };
}

// Node 22 keeps compiled code on disk if asked to. Most of what starts a command is the compilation
// of TypeScript itself.
const { enableCompileCache } = Module as { readonly enableCompileCache?: () => unknown };
enableCompileCache?.();

const terminal = createTerminal();
main(process.argv.slice(2), terminal).then(
  (code) => {
    terminal.progress(null);
    process.exitCode = code;
  },
  (error: unknown) => {
    terminal.progress(null);
    // An unexpected error is shown with its stack.
    const isForeseen =
      error instanceof UsageError ||
      error instanceof CommandError ||
      error instanceof ServerFailure;
    const text = isForeseen
      ? error.message
      : error instanceof Error
        ? String(error.stack)
        : String(error);
    process.stderr.write(`zcache: ${printableLines(text)}\n`);
    process.exitCode = error instanceof UsageError ? exitCodes.usage : exitCodes.problems;
  },
);
// The reader has closed the pipe (`zcache list | head`), so nothing can be reported.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});
