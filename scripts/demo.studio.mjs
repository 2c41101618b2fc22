/**
 * `npm run demo -- --studio`: serves Studio over the bookshop, with readers and a clerk who changes
 * prices, until Ctrl+C. On the memory backend it is one process; with REDIS_URL there are two,
 * under a prefix that is removed at the end.
 */
import { setTimeout as delay } from "node:timers/promises";
import { bookshop, lockExample, prepare } from "./demo.prepare.mjs";
import { bold, dim, line } from "./demo.print.mjs";
import { openRedis } from "./demo.redis.mjs";
import { startService } from "./demo.service.mjs";

const booksRead = 40;
const readersAtOnce = 12;
const pauseMs = 250;
/** A price changes once in this many rounds. */
const roundsPerChange = 20;

export async function showStudio() {
  prepare((step) => line(dim(step)));
  lockExample(bookshop, (step) => line(dim(step)));
  const redisUrl = process.env.REDIS_URL;
  const redis = redisUrl ? await openRedis(redisUrl) : null;
  const port = process.env.STUDIO_PORT ?? "4983";
  const env = { ZCACHE_STUDIO: "1", ...(redis && { REDIS_PREFIX: redis.prefix }) };
  const services = [await startService({ ...env, STUDIO_PORT: port })];
  if (redis) services.push(await startService({ ...env, STUDIO_PORT: "" }));
  line(`Studio: ${bold(`http://127.0.0.1:${port}/`)}   Ctrl+C ends it.`);
  const stop = new AbortController();
  process.removeAllListeners("SIGINT").once("SIGINT", () => stop.abort());
  try {
    for (let round = 0; !stop.signal.aborted; round++) {
      await useShop(services[round % services.length], round).catch((error) =>
        endedBy(stop.signal, error),
      );
      await delay(pauseMs, null, { signal: stop.signal }).catch(() => {});
    }
  } finally {
    for (const service of services) await service.stop();
    await redis?.close();
  }
  return 0;
}

/** Ctrl+C reaches the services too, perhaps first, and then their last requests fail. */
async function endedBy(signal, error) {
  await delay(pauseMs);
  if (!signal.aborted) throw error;
}

/**
 * Several readers look at one book at once, one looks at an author, and sometimes a clerk changes a
 * price.
 */
async function useShop(service, round) {
  const id = 1 + (round % booksRead);
  const reads = Array.from({ length: readersAtOnce }, () => service.get(`/books/${id}`));
  const [{ body }] = await Promise.all(reads);
  await service.get(`/authors/${encodeURIComponent(body.author)}/books`);
  await service.get(`/summaries?ids=${[id, id + 1, id + 2].join(",")}`);
  if (round % roundsPerChange === roundsPerChange - 1)
    await service.post(`/books/${id}/price`, { priceCents: body.priceCents === 999 ? 1499 : 999 });
}
