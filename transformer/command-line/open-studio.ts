import { RedisBackend } from "../../runtime/backends/redis/redis-backend";
import { type StudioOptions } from "../../studio/server/create-studio";
import { storeSource } from "../../studio/server/store-source";
import { type Arguments, type Option, type Terminal } from "./command";
import { keepRedis, redisOptions } from "./open-redis";

/** The options of the commands that look at running programs. */
export const studioOptions: Readonly<Record<string, Option>> = {
  ...redisOptions,
  namespace: {
    value: "NAME",
    description: "the namespace of the program's configure, if it has one",
  },
  project: {
    short: "p",
    value: "FOLDER",
    description: "the folder of zcache.lock.json, or one below it (default: this one)",
  },
  "allow-writes": {
    description: "lets people and tools invalidate; without it they can only read",
  },
};

/**
 * Returns the source of Studio's data that a command's arguments name. `close` ends its connection.
 */
export function studioOf(
  args: Arguments,
  terminal: Terminal,
): { options: StudioOptions; name: string; close: () => void } {
  const { client, name, trouble } = keepRedis(args, terminal);
  const backend = new RedisBackend(client);
  const source = storeSource({ backend, name, namespace: args.values["namespace"], trouble });
  const project = args.values["project"] ?? terminal.directory;
  return {
    options: { source, project, allowWrites: args.flags.has("allow-writes") },
    name,
    close: () => client.disconnect(),
  };
}

/** Resolves when the user ends the command. */
export function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
}
