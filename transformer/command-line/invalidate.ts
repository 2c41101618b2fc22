import { type Command, exitCodes } from "./command";
import { type Client, redisOptions, withRedis } from "./open-redis";

export const invalidate: Command = {
  name: "invalidate",
  positionals: "KEY…",
  count: [1, Infinity],
  summary: "Ends the entries at keys, and the loads under way for them",
  details:
    "The whole key, as it stands in Redis: zcache explain FILE:LINE shows what it looks like. A key that holds nothing is no error.",
  options: redisOptions,
  run: async (args, terminal) => {
    const keys = args.positionals;
    const held = await withRedis(args, terminal, (client) => deleteAll(client, keys));
    for (const [i, key] of keys.entries()) terminal.write(`${key}: ${held[i] ? "invalidated" : "nothing was there"}\n`);
    return exitCodes.clean;
  },
};

/**
 * Does what `invalidate` of a cached function does, which deletes the lease with the entry. It
 * sends one command for each key, because a Cluster allows no other way.
 */
async function deleteAll(client: Client, keys: readonly string[]): Promise<boolean[]> {
  const counts = await Promise.all(keys.map((key) => client.del(key)));
  return counts.map((count) => count === 1);
}
