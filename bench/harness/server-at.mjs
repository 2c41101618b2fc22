import { createRequire } from "node:module";
import { Cluster, Redis } from "ioredis";
import { root } from "./prepare.mjs";

const host = "127.0.0.1";

/**
 * Connects to a server that was started elsewhere, or to a Cluster if there are several ports, and
 * empties it.
 */
export function serverAt(ports) {
  const nodes = ports.map((port) => ({ host, port }));
  return {
    ports,
    url: `redis://${host}:${ports[0]}`,
    connect: () => (nodes.length > 1 ? new Cluster(nodes) : new Redis(nodes[0])),
    connectNodeRedis: () => connectNodeRedis(nodes[0]),
    flush: () => flush(nodes),
  };
}

/**
 * Connects with the version that the tests use. A peer has installed an older one in this folder.
 */
function connectNodeRedis(socket) {
  const { createClient } = createRequire(`${root}package.json`)("@redis/client");
  return createClient({ socket })
    .on("error", () => {})
    .connect();
}

async function flush(nodes) {
  for (const node of nodes) {
    const redis = new Redis(node);
    await redis.flushall();
    redis.disconnect();
  }
}
