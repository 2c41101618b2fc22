import type { Terminal } from "../../transformer/command-line/command";
import { invalidate } from "../../transformer/command-line/invalidate";
import { invalidateTag } from "../../transformer/command-line/invalidate-tag";
import { parseArguments } from "../../transformer/command-line/parse-arguments";
import type { Fleet } from "./fleet";
import type { Surface } from "./history";
import { monotonicMs } from "./monotonic";
import type { Random } from "./random";

/** Runs a command of the command line on some cells. */
interface Command {
  /** The functions whose entries it ends. */
  readonly surfaces: readonly Surface[];
  readonly run: (cells: readonly number[], url: string) => Promise<unknown>;
}

const ofTag = (name: string): Command["run"] => {
  return (cells, url) =>
    run(
      invalidateTag,
      cells.map((cell) => `${name}:${cell}`),
      url,
    );
};
const ofKey = (name: string): Command["run"] => {
  return (cells, url) =>
    run(
      invalidate,
      cells.map((cell) => `${name}:${cell}`),
      url,
    );
};

const commands: readonly Command[] = [
  { surfaces: ["tagged", "pair", "batch", "kept", "outdated"], run: ofTag("cell") },
  { surfaces: ["named"], run: ofTag("of") },
  { surfaces: ["plain"], run: ofKey("plain") },
  { surfaces: ["batch"], run: ofKey("batch") },
  { surfaces: ["named"], run: ofKey("named") },
];

function run(
  command: typeof invalidate,
  positionals: readonly string[],
  url: string,
): Promise<unknown> {
  const terminal: Terminal = {
    ...{ directory: __dirname, environment: {}, hasColors: false },
    write() {},
    writeColored() {},
    progress() {},
    warn() {},
  };
  return Promise.resolve(
    command.run(parseArguments(command, [...positionals, "--redis", url]), terminal),
  );
}

/**
 * Changes cells of the database, as an operator's script does, and then ends the entries that were
 * made of them with a command.
 */
export async function invalidateByCommand(
  fleet: Fleet,
  cells: readonly number[],
  url: string,
  random: Random,
): Promise<void> {
  const command = random.pick(commands);
  const versions = fleet.database.change(cells);
  const beganAt = monotonicMs();
  await command.run(cells, url);
  const acknowledgedAt = monotonicMs();
  // The command is not part of any client process, and so each of them learns of it as from another
  // one.
  fleet.tally.writes.push({
    worker: -1,
    surfaces: command.surfaces,
    beganAt,
    acknowledgedAt,
    cells,
    versions,
    replicated: false,
  });
}
