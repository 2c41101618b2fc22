import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { check } from "../../transformer/command-line/check";
import {
  type Command,
  CommandError,
  type Terminal,
  UsageError,
} from "../../transformer/command-line/command";
import { explain } from "../../transformer/command-line/explain";
import { get } from "../../transformer/command-line/get";
import { list } from "../../transformer/command-line/list";
import { parseArguments } from "../../transformer/command-line/parse-arguments";
import { printableLines } from "../../transformer/command-line/printable";
import { lockFileName } from "../../transformer/lock/lock";
import { type Random } from "../chaos/random";
import { bytesOf, storedOf } from "./bytes";
import { sampleOf } from "./samples";
import { type Ran, type Subject, unprintable } from "./subjects";

/** These are enough for programs that name these types. The compiler's own take seconds to read. */
const globals = `
interface Array<T> { length: number; [n: number]: T; map<U>(f: (item: T) => U): U[]; join(by?: string): string }
interface ReadonlyArray<T> { readonly length: number; readonly [n: number]: T }
interface Boolean {} interface CallableFunction {} interface Function {} interface IArguments {} interface NewableFunction {}
interface Number { toFixed(digits: number): string } interface Object {} interface RegExp {} interface Symbol {}
interface String { readonly length: number; repeat(count: number): string } interface Date { toISOString(): string }
interface Promise<T> { then<U>(f: (value: T) => U): Promise<U> } declare var Promise: any;
interface Map<K, V> { get(key: K): V | undefined } type Record<K extends keyof any, V> = { [P in K]: V };
`;

const config = {
  compilerOptions: {
    ...{
      target: "es2022",
      module: "nodenext",
      strict: true,
      noLib: true,
      types: [],
      rootDir: "src",
      outDir: "out",
    },
    plugins: [{ name: "zcache", transform: "zcache/transformer", transformProgram: true }],
  },
  include: ["src"],
};

/** These are a project, a key and a Redis of somebody else, and the commands that look at them. */
export function commandSubjects(
  root: string,
  redisUrl: string,
): { readonly subjects: Subject[]; close(): void } {
  const directory = join(root, "project");
  mkdirSync(join(directory, "src"), { recursive: true });
  const write = (path: string, bytes: Buffer | string): void =>
    writeFileSync(join(directory, path), bytes);
  write("package.json", JSON.stringify({ name: "fuzz", version: "1.0.0" }));
  write("tsconfig.json", JSON.stringify(config));
  write("src/globals.d.ts", globals);
  const client = new Redis(redisUrl);
  let output = "";
  const terminal: Terminal = {
    directory,
    environment: { REDIS_URL: redisUrl },
    hasColors: false,
    write: (text) => void (output += printableLines(text)),
    writeColored: (text) => void (output += text),
    warn: (text) => void (output += printableLines(text)),
    progress() {},
  };

  const subject = (
    command: Command,
    weight: number,
    argumentsOf: (random: Random) => readonly string[],
  ): Subject => ({
    name: `zcache ${command.name}`,
    weight,
    async prepare(random) {
      const source = random.chance(0.8) ? bytesOf("source", random) : sampleOf("source", random);
      write("src/user.ts", source);
      rmSync(join(directory, lockFileName), { force: true });
      if (random.chance(0.7)) write(lockFileName, bytesOf("lock", random));
      const args = argumentsOf(random);
      const key = args.at(-1);
      if (command === get && key)
        await client.set(key, storedOf(random.pick(["json", "yaml", "structured", "raw"]), random));
      output = "";
      return { bytes: source, run: () => run(command, args) };
    },
  });

  async function run(command: Command, args: readonly string[]): Promise<Ran> {
    let outcome: Ran["outcome"] = "value";
    try {
      await command.run(parseArguments(command, args), terminal);
    } catch (error) {
      if (!(error instanceof CommandError || error instanceof UsageError)) throw error;
      output += printableLines(error.message);
      outcome = "miss";
    }
    return { outcome, problem: () => problemOf(output) };
  }

  const keyFrom = (random: Random): readonly string[] => {
    const bytes = random.chance(0.3) ? sampleOf("key", random) : bytesOf("key", random);
    return ["--", bytes.subarray(0, 500).toString() || "x"];
  };
  return {
    subjects: [
      subject(check, 2, (random) =>
        random.pick([[], ["--format=json"], ["--format=github"], ["--with-types"]]),
      ),
      subject(list, 2, (random) => random.pick([[], ["--format=json"]])),
      subject(explain, 2, (random) => ["--", `src/user.ts:${1 + random.below(12)}`]),
      subject(explain, 2, keyFrom),
      subject(get, 2, keyFrom),
    ],
    close: () => client.disconnect(),
  };
}

function problemOf(output: string): string | null {
  if ("wasRun" in globalThis) return "A program was run that stands in a placeholder.";
  return unprintable.test(output) ? "It prints what a terminal obeys." : null;
}
