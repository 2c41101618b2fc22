import { createRequire } from "node:module";
import { Cluster, Redis } from "ioredis";

// The servers of the tests: on a free port, and gone when this process is, in whatever way.
const require = createRequire(import.meta.url);
require("ts-node/register/transpile-only");
const { startCluster, startRedis } = require("../../test/support/redis.ts");

const host = "127.0.0.1";

export async function startServer() {
  const server = await startRedis();
  return describe([server], server.stop, () => new Redis(server.port, host));
}

export async function startClusterServer() {
  const cluster = await startCluster();
  const nodes = cluster.nodes.map(({ port }) => ({ host, port }));
  return describe(cluster.nodes, cluster.stop, () => new Cluster(nodes));
}

/** A server that another process has started. */
export function serverAt(port) {
  return describe(
    [{ port }],
    () => {},
    () => new Redis(port, host),
  );
}

function describe(nodes, stop, connect) {
  const ports = nodes.map(({ port }) => port);
  return { ports, url: `redis://${host}:${ports[0]}`, connect, stop, flush: () => flush(ports) };
}

async function flush(ports) {
  for (const port of ports) {
    const redis = new Redis(port, host);
    await redis.flushall();
    redis.disconnect();
  }
}
