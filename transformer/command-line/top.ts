import { setTimeout as delay } from "node:timers/promises";
import { openStudio } from "../../studio/server/create-studio";
import { type Overview } from "../../studio/api";
import { type Command, exitCodes, UsageError } from "./command";
import { studioOf, studioOptions } from "./open-studio";
import { printable } from "./printable";
import { printOverview } from "./print-overview";

const everyMs = 1_000;
/**
 * After this time, the reports of all processes have been read, because each process makes one a
 * second.
 */
const firstLookMs = 1_500;
const clearScreen = "\u001b[H\u001b[2J";

export const top: Command = {
  name: "top",
  positionals: "",
  count: [0, 0],
  summary:
    "Shows the same figures in a terminal: hit rates, loads and time saved, by function and by process",
  details:
    "On a terminal it redraws them each second until Ctrl+C. Elsewhere, or with --once or --json, it prints them once.",
  options: {
    redis: studioOptions["redis"] ?? { description: "" },
    cluster: studioOptions["cluster"] ?? { description: "" },
    project: studioOptions["project"] ?? { description: "" },
    seconds: {
      value: "N",
      description:
        "figures of the last N seconds, up to 900 (default: since the processes started)",
    },
    once: { description: "prints once" },
    json: { description: "prints the overview of Studio's API as JSON, once" },
  },
  run: async (args, terminal) => {
    const seconds = secondsOf(args.values["seconds"]);
    const { options, name, close } = studioOf(args, terminal);
    const studio = openStudio(options);
    const look = async (): Promise<Overview> =>
      (await studio.ask("overview", { seconds: String(seconds) })) as Overview;
    const stop = new AbortController();
    process.once("SIGINT", () => stop.abort());
    process.once("SIGTERM", () => stop.abort());
    try {
      await pause(firstLookMs, stop.signal);
      // A machine that is busy, or a store that is far away, takes longer.
      if ((await look()).processes.length === 0) await pause(firstLookMs, stop.signal);
      const isOnce = args.flags.has("once") || args.flags.has("json") || !terminal.hasColors;
      if (args.flags.has("json")) terminal.write(`${JSON.stringify(await look(), null, 2)}\n`);
      else if (isOnce) terminal.write(printOverview(await look(), printable(name), seconds));
      else
        while (!stop.signal.aborted) {
          terminal.writeColored(
            clearScreen + printOverview(await look(), printable(name), seconds),
          );
          await pause(everyMs, stop.signal);
        }
      const overview = await look();
      return isOnce && overview.processes.length === 0 ? exitCodes.problems : exitCodes.clean;
    } finally {
      studio.close();
      close();
    }
  },
};

function secondsOf(text: string | undefined): number {
  const seconds = Number(text ?? 0);
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > 900)
    throw new UsageError(`--seconds takes a whole number up to 900, but got ${text}.`);
  return seconds;
}

/** Resolves early if the user ends the command. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, null, { signal }).catch(() => {});
}
