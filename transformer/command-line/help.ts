import { type Command } from "./command";

const ending = "Exit codes: 0 clean, 1 problems, 2 wrong usage.";

export function printHelp(commands: readonly Command[]): string {
  const rows = commands.map(
    ({ name, positionals, summary }) => [`${name} ${positionals}`.trim(), summary] as const,
  );
  const head =
    "zcache shows what the compiler knows of your cache, and what Redis has stored for it.";
  return `${head}\n\nUsage: zcache COMMAND [options]\n\n${printRows(rows)}\n\nzcache COMMAND --help shows more. ${ending}\n`;
}

export function printCommandHelp({
  name,
  positionals,
  summary,
  details,
  options,
}: Command): string {
  const rows = Object.entries({ ...options, help: { description: "show this" } }).map(
    ([long, option]) => {
      const { short, value, choices, description } = option as Command["options"][string];
      const argument = choices ? ` ${choices.join("|")}` : value === undefined ? "" : ` ${value}`;
      return [
        `${short === undefined ? "" : `-${short}, `}--${long}${argument}`,
        description,
      ] as const;
    },
  );
  const usage = `zcache ${[name, positionals, "[options]"].filter((part) => part !== "").join(" ")}`;
  return `Usage: ${usage}\n\n${[`${summary}.`, ...(details ? [details] : [])].join("\n")}\n\n${printRows(rows)}\n\n${ending}\n`;
}

function printRows(rows: readonly (readonly [left: string, right: string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join("\n");
}
