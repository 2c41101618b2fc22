import type { Values } from "../../runtime/backends/backend";
import { Outbox } from "../../runtime/backends/outbox";
import { randomId } from "../../runtime/entry/id";
import { RedisBackend } from "../../runtime/backends/redis/redis-backend";
import { startRedis, until } from "./redis";

/** Reads as a cache makes them, without its guard. */
export function mergeReads(backend: RedisBackend) {
  const outbox = new Outbox(
    backend,
    (keys, resolve, reject) => void backend.read(keys).then(resolve, reject),
  );
  return {
    read: (keys: readonly string[]) =>
      new Promise<Values>((resolve, reject) =>
        outbox.read(keys, (answers, error) => (error ? reject(error) : resolve(answers as Values))),
      ),
  };
}

/** A server of its own, whose commands can be seen. */
export async function startWatched() {
  const own = await startRedis();
  const client = own.client();
  const seen: string[][] = [];
  const monitor = await own.client().monitor();
  monitor.on("monitor", (_time: string, args: string[], source: string) => {
    if (source !== "lua") seen.push(args);
  });
  await client.ping();
  return {
    client,
    backend: new RedisBackend(client),
    stop: async () => {
      monitor.disconnect();
      await own.stop();
    },
    /** The commands on keys since the start. */
    async takeCommands(): Promise<string[][]> {
      const mark = Buffer.from(randomId()).toString("hex");
      await client.echo(mark);
      await until("the monitor has seen the mark", async () =>
        seen.some((args) => args[1] === mark),
      );
      return seen
        .splice(0)
        .filter(
          ([name]) =>
            !["ping", "echo", "info", "client", "hello"].includes(String(name).toLowerCase()),
        );
    },
  };
}
