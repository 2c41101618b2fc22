import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { configure, idle, RedisBackend } from "zcache";
import { createStudio } from "zcache/studio";
import { bookFiles } from "./book-files.js";
import { CacheLog } from "./cache-log.js";
import { Catalog } from "./catalog.js";
import { createService } from "./server.js";

const port = Number(process.env["PORT"] ?? 3000);
const redisUrl = process.env["REDIS_URL"];
/** The port at which Studio is served, if it is. ZCACHE_STUDIO=1 makes the process report to it. */
const studioPort = process.env["STUDIO_PORT"];

async function main(): Promise<void> {
  const log = new CacheLog();
  const redis = redisUrl ? await openRedis(redisUrl) : null;
  configure(
    redis ? { backend: new RedisBackend(redis), onEvent: log.record } : { onEvent: log.record },
  );

  const service = createService(new Catalog(bookFiles), log);
  service.listen(port, "127.0.0.1", () => {
    const address = service.address() as AddressInfo;
    console.log(`listening on http://127.0.0.1:${address.port}`);
  });

  const closeStudio = studioPort ? serveStudio(Number(studioPort)) : null;

  const stop = async (): Promise<void> => {
    closeStudio?.();
    service.close();
    service.closeIdleConnections();
    await idle(); // what was loaded last is stored before its connection closes
    redis?.disconnect();
    if (process.connected) process.disconnect();
  };
  process.once("SIGTERM", stop).once("SIGINT", stop);
  process.once("disconnect", stop); // a parent that goes away takes its service along
}

/** Serves Studio to this machine. Returns a function that ends it. */
function serveStudio(port: number): () => void {
  const studio = createStudio({ allowWrites: true, project: join(__dirname, "..") });
  const page = createServer(studio);
  page.listen(port, "127.0.0.1", () =>
    console.log(`Studio: http://127.0.0.1:${(page.address() as AddressInfo).port}/`),
  );
  return () => {
    studio.close();
    page.close();
    page.closeAllConnections();
  };
}

/** ioredis is needed only where a Redis is. */
async function openRedis(url: string) {
  const { Redis } = await import("ioredis");
  const redis = new Redis(url, { keyPrefix: process.env["REDIS_PREFIX"] ?? "" });
  // The service works without its cache, so an unreachable Redis is only logged and does not end
  // it.
  redis.on("error", (error: Error) => console.error(`redis: ${error.message}`));
  return redis;
}

void main();
