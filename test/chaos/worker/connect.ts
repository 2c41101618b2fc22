import { Cluster, Redis } from "ioredis";
import type { Backend } from "../../../runtime/backends/backend";
import { MemoryBackend } from "../../../runtime/backends/memory-backend";
import { RedisBackend } from "../../../runtime/backends/redis/redis-backend";
import { TieredBackend } from "../../../runtime/backends/tiered/tiered-backend";
import type { Connection, WorkerConfig } from "../protocol";
import { mutate } from "./mutations";

export interface Connected {
  readonly backend: Backend;
  /**
   * Calls back on the connections that acknowledge invalidations, to find out whether a replica has
   * everything that they acknowledged.
   */
  readonly watchReplication: () => () => Promise<boolean>;
  close(): void;
}

const host = "127.0.0.1";
/** The client reconnects soon, so that zcache's recovery is measured and not the client's. */
const retryMs = 100;
const replicationTimeoutMs = 100;

export async function connect({ connection, maxLag, mutation }: WorkerConfig): Promise<Connected> {
  const client = createClient(connection);
  // Connections fail on purpose here, and without a listener ioredis prints each failure.
  client.on("error", () => {});
  await client.ping();
  const redis = new RedisBackend(client);
  const tiered =
    maxLag === null
      ? null
      : new TieredBackend(new MemoryBackend(), redis, { maxLag, onStateChange() {} });
  const backend = tiered ?? redis;
  return {
    backend: mutation ? mutate(mutation, backend, client as Redis) : backend,
    watchReplication: () => watchReplication(client),
    close() {
      tiered?.close();
      client.disconnect();
    },
  };
}

function createClient(connection: Connection): Redis | Cluster {
  const retryStrategy = (): number => retryMs;
  switch (connection.kind) {
    case "standalone": {
      const { port, username, password } = connection;
      return new Redis({
        host,
        port,
        retryStrategy,
        ...(username && password ? { username, password } : {}),
      });
    }
    case "sentinel": {
      const sentinels = connection.ports.map((port) => ({ host, port }));
      const { name, failoverDetector = false } = connection;
      return new Redis({
        sentinels,
        name,
        failoverDetector,
        retryStrategy,
        sentinelRetryStrategy: retryStrategy,
      });
    }
    case "cluster":
      return new Cluster(
        connection.ports.map((port) => ({ host, port })),
        { clusterRetryStrategy: retryStrategy, slotsRefreshTimeout: 1_000 },
      );
  }
}

/**
 * `WAIT` is about what its own connection has written. It therefore means something only if this is
 * still the connection that acknowledged the invalidation.
 */
function watchReplication(client: Redis | Cluster): () => Promise<boolean> {
  const connections = client instanceof Cluster ? client.nodes("master") : [client];
  const streams = connections.map(({ stream }) => stream);
  return async () => {
    try {
      const counts = await Promise.all(
        connections.map((connection) => connection.wait(1, replicationTimeoutMs)),
      );
      return connections.every(
        ({ stream }, i) => stream === streams[i] && (counts[i] as number) >= 1,
      );
    } catch {
      return false;
    }
  };
}
