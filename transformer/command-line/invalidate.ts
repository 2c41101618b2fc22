import { type Command, exitCodes } from "./command";
import { type Deleted, deleteKey, heldMessage } from "./delete-key";
import { redisOptions, withRedis } from "./open-redis";

export const invalidate: Command = {
  name: "invalidate",
  positionals: "KEY…",
  count: [1, Infinity],
  summary: "Invalidates the entries at keys, and the loads under way for them",
  details:
    "KEY is the whole key, as it is stored in Redis: zcache explain FILE:LINE shows what it looks like. A key that holds nothing is not an error.",
  options: redisOptions,
  run: async (args, terminal) => {
    const keys = args.positionals;
    // It sends one command for each key, because a Cluster allows nothing else.
    const deleted = await withRedis(args, terminal, (client) =>
      Promise.all(keys.map((key) => deleteKey(client, key))),
    );
    for (const [i, key] of keys.entries())
      terminal.write(`${key}: ${messages[deleted[i] as Deleted]}\n`);
    return exitCodes.clean;
  },
};

const messages = {
  deleted: "invalidated",
  nothing: "nothing was there",
  held: heldMessage,
} as const;
