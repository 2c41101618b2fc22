import { createRequire } from "node:module";
import { serverAt } from "./server-at.mjs";

// These are the servers of the tests. They have a free port, and end when this process ends,
// however it ends.
const require = createRequire(import.meta.url);
require("ts-node/register/transpile-only");
const { startCluster, startRedis } = require("../../test/support/redis.ts");

export async function startServer() {
  const { port, stop } = await startRedis();
  return { ...serverAt([port]), stop };
}

export async function startClusterServer() {
  const { nodes, stop } = await startCluster();
  return { ...serverAt(nodes.map(({ port }) => port)), stop };
}
