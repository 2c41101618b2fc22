import { type Command, CommandError, exitCodes } from "./command";
import { redisOptions, withRedis } from "./open-redis";

export const ttl: Command = {
  name: "ttl",
  positionals: "KEY",
  count: [1, 1],
  summary: "Says how long a key still lives",
  options: redisOptions,
  run: async (args, terminal) => {
    const [key = ""] = args.positionals;
    const left = await withRedis(args, terminal, (client) => client.pttl(key));
    if (left === -2) throw new CommandError(`Redis holds nothing at ${key}.`);
    terminal.write(`${describeTtl(left)}\n`);
    return exitCodes.clean;
  },
};

const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
] as const;

/** Describes a PTTL reply, to the second: `9m 58s`. */
export function describeTtl(ttlMs: number): string {
  if (ttlMs === -1) return "none: it stays until it is evicted";
  if (ttlMs < 1_000) return `${ttlMs}ms`;
  const parts: string[] = [];
  let rest = ttlMs;
  for (const [unit, size] of units) {
    if (rest >= size) parts.push(`${Math.floor(rest / size)}${unit}`);
    rest %= size;
  }
  if (rest >= 1_000) parts.push(`${Math.floor(rest / 1_000)}s`);
  return parts.join(" ");
}
