import { type Command, exitCodes } from "./command";
import { type Deleted, deleteKey, heldMessage } from "./delete-key";
import { invalidationKeysOf } from "../../runtime/keys/key-names";
import { type Client, redisOptions, withRedis } from "./open-redis";

export const invalidateTag: Command = {
  name: "invalidate-tag",
  positionals: "TAG…",
  count: [1, Infinity],
  summary: "Invalidates all entries that carry a tag",
  details: "The tag's text, as in invalidateTag(…): user:5.",
  options: {
    ...redisOptions,
    namespace: {
      value: "NAME",
      description: "that of configure, and a client's keyPrefix; tags have no other",
    },
  },
  run: async (args, terminal) => {
    const tags = args.positionals;
    const namespace = args.values["namespace"]?.replace(/:$/, "") ?? null;
    const deleted = await withRedis(args, terminal, (client) =>
      Promise.all(tags.map((tag) => deleteInOrder(client, invalidationKeysOf(namespace, tag)))),
    );
    for (const [i, tag] of tags.entries())
      terminal.write(`${tag}: ${messages[deleted[i] as Deleted]}\n`);
    return exitCodes.clean;
  },
};

const messages = {
  deleted: "invalidated",
  nothing: "no entry carries it",
  held: heldMessage,
} as const;

/** Returns what became of the last of the keys, which is the tag's own. */
async function deleteInOrder(client: Client, keys: readonly string[]): Promise<Deleted> {
  let deleted: Deleted = "nothing";
  for (const key of keys) deleted = await deleteKey(client, key);
  return deleted;
}
