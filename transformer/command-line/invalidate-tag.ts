import { type Command, exitCodes } from "./command";
import { deleteAll } from "./invalidate";
import { redisOptions, withRedis } from "./open-redis";

export const invalidateTag: Command = {
  name: "invalidate-tag",
  positionals: "TAG…",
  count: [1, Infinity],
  summary: "Ends all entries that carry a tag",
  details: "The tag's text, as in invalidateTag(…): user:5.",
  options: {
    ...redisOptions,
    namespace: { value: "NAME", description: "that of configure, and a client's keyPrefix; tags have no other" },
  },
  run: async (args, terminal) => {
    const tags = args.positionals;
    const namespace = args.values["namespace"];
    const prefix = namespace === undefined ? "tag:" : `${namespace.replace(/:$/, "")}:tag:`;
    const held = await withRedis(args, terminal, (client) =>
      deleteAll(
        client,
        tags.map((tag) => `${prefix}${tag}`),
      ),
    );
    for (const [i, tag] of tags.entries())
      terminal.write(`${tag}: ${held[i] ? "invalidated" : "no entry carries it"}\n`);
    return exitCodes.clean;
  },
};
