import { Cluster, Redis } from "ioredis";

const host = "127.0.0.1";

/**
 * Connects to, and empties, a server that was started elsewhere or, with several ports, a Cluster.
 */
export function serverAt(ports) {
  const nodes = ports.map((port) => ({ host, port }));
  return {
    ports,
    url: `redis://${host}:${ports[0]}`,
    connect: () => (nodes.length > 1 ? new Cluster(nodes) : new Redis(nodes[0])),
    flush: () => flush(nodes),
  };
}

async function flush(nodes) {
  for (const node of nodes) {
    const redis = new Redis(node);
    await redis.flushall();
    redis.disconnect();
  }
}
