import type { Redis } from "ioredis";
import { type RedisServer, type ServerOptions, startRedis } from "../../support/redis";
import type { Random } from "../random";
import type { Stage } from "../scenario";

export interface Standalone extends Stage {
  /** This is the server that runs. It is another one after a restart. */
  server: RedisServer;
  readonly admin: Redis;
}

/** Starts one server, and a client of its own through which faults are caused. */
export async function startStandalone(options: ServerOptions = {}): Promise<Standalone> {
  const server = await startRedis(options);
  const admin = server.client({ retryStrategy: () => 50, maxRetriesPerRequest: null });
  const stage: Standalone = {
    server,
    admin,
    connection: () => ({ kind: "standalone", port: stage.server.port }),
    async stop() {
      admin.disconnect();
      await Promise.all([server.stop(), stage.server === server ? null : stage.server.stop()]);
    },
  };
  return stage;
}

/** A fault lasts this long: sometimes less than a deadline, sometimes much longer. */
export const drawDurationMs = (random: Random): number =>
  random.between(random.chance(0.3) ? [50, 300] : [300, 1_500]);
