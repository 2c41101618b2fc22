import { type RedisServer, startRedis, until } from "../support/redis";

/**
 * Starts a master, its replica, and Sentinels that make the replica a master when the first one is
 * gone.
 */
export interface SentinelSet {
  readonly name: string;
  readonly master: RedisServer;
  readonly replica: RedisServer;
  readonly sentinelPorts: readonly number[];
  stop(): Promise<void>;
}

const name = "chaos";
const host = "127.0.0.1";
const downAfterMs = 500;

export async function startSentinelSet(): Promise<SentinelSet> {
  const servers: RedisServer[] = [];
  const stop = async (): Promise<void> =>
    void (await Promise.all(servers.map((server) => server.stop())));
  const start = async (options: Parameters<typeof startRedis>[0]): Promise<RedisServer> => {
    const server = await startRedis(options);
    servers.push(server);
    return server;
  };
  // Without these options a failover may not happen at all.
  const replication = ["--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1"];
  try {
    const master = await start({ args: replication });
    const replica = await start({
      args: [...replication, "--replicaof", host, String(master.port)],
    });
    const watched = master.client();
    await until("the replica is up to date", async () =>
      (await watched.info("replication")).includes("state=online"),
    );
    const config = [
      `sentinel monitor ${name} ${host} ${master.port} 2`,
      `sentinel down-after-milliseconds ${name} ${downAfterMs}`,
      `sentinel failover-timeout ${name} 5000`,
    ].join("\n");
    const sentinels = await Promise.all(
      [1, 2, 3].map(() => start({ config, args: ["--sentinel"] })),
    );
    await Promise.all(sentinels.map(knowsAll));
    watched.disconnect();
    return { name, master, replica, sentinelPorts: sentinels.map(({ port }) => port), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A Sentinel can't agree to anything before it knows the others and the replica. */
async function knowsAll(sentinel: RedisServer): Promise<void> {
  const client = sentinel.client();
  await until("a Sentinel knows the others and the replica", async () => {
    const reply: unknown = await client.call("SENTINEL", "MASTER", name);
    const fields: Record<string, unknown> = Array.isArray(reply)
      ? Object.fromEntries(
          Array.from({ length: reply.length / 2 }, (_, i) => [reply[2 * i], reply[2 * i + 1]]),
        )
      : (reply as Record<string, unknown>);
    return Number(fields["num-other-sentinels"]) === 2 && Number(fields["num-slaves"]) === 1;
  });
  client.disconnect();
}
