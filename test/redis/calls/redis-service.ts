import type { ExecutionContext } from "ava";
import type { Redis } from "ioredis";
import { wrap } from "../../../runtime/calls/cached-function";
import { cacheNamed, configure } from "../../../runtime/cache/configure";
import { BackendError } from "../../../runtime/errors";
import type { CacheEvent } from "../../../runtime/events";
import { RedisBackend } from "../../../runtime/backends/redis/redis-backend";
import type { RedisClient } from "../../../runtime/backends/redis/redis-client";
import { until } from "../../support/redis";
import { keyOver, template } from "../../support/templates";

const deadlineMs = 100;
export const short = `${deadlineMs}ms`;
let count = 0;

/** Creates a cache as a service has it, with short times. */
export function createService(t: ExecutionContext, client: RedisClient, deadline = "2s") {
  const name = `redis ${++count}`;
  const events: CacheEvent[] = [];
  configure(name, {
    backend: new RedisBackend(client),
    deadline,
    breakerTime: "100ms",
    breakerFailures: 3,
    lease: "1s",
    onEvent: (event) => events.push(event),
  });
  let loads = 0;
  const plan = {
    name: "f",
    cache: name,
    key: keyOver((id: unknown) => [id]),
    tags: [template(["user:", ""], (id: unknown) => [id])],
  };
  const f = wrap(
    () => plan,
    async (id) => ({ id, load: ++loads }),
  ) as (id: number) => Promise<{ id: number; load: number }>;
  t.teardown(async () => cacheNamed(name).idle());
  return {
    cache: name,
    f,
    faults: () => events.filter(({ type }) => type === "fault").length,
    /** Makes a call, and returns whether it was answered from the store. */
    async isHit(id: number): Promise<boolean> {
      const before = loads;
      await f(id);
      return loads === before;
    },
  };
}

/**
 * Asserts that calls return the loader's value after one failed read, and that invalidations
 * reject.
 */
export async function assertOutage(
  t: ExecutionContext,
  { f, faults }: ReturnType<typeof createService>,
): Promise<void> {
  const before = faults();
  for (let i = 0; i < 8; i++) {
    const earlier = faults();
    t.is((await f(1)).id, 1);
    // After a failed read nothing else is tried, and so a call waits for one deadline at most.
    t.is(faults() - earlier, 1);
  }
  // The refresh rejects, because its caller relies on it, and the old entry could be neither
  // replaced nor ended.
  await t.throwsAsync(f.refresh(1), { instanceOf: BackendError });
  t.true(faults() - before >= 8);
  await t.throwsAsync(f.invalidate(1), {
    instanceOf: BackendError,
    message: /^Could not invalidate "f\|1": redis /,
  });
  await t.throwsAsync(f.invalidateTag("user:1"), {
    instanceOf: BackendError,
    message: /^Could not invalidate the tag "user:1": redis /,
  });
}

export async function assertRecovery(
  t: ExecutionContext,
  { f, isHit }: ReturnType<typeof createService>,
): Promise<void> {
  await until("entries are stored and read again", async () => (await f(2), isHit(2)));
  await f.invalidate(2);
  t.false(await isHit(2));
  await f.invalidateTag("user:2");
  t.false(await isHit(2));
}

export async function commands(client: Redis): Promise<number> {
  const stats = await client.info("commandstats");
  const calls = [...stats.matchAll(/cmdstat_(?:get|mget|evalsha|eval):calls=(\d+)/g)];
  return calls.reduce((sum, [, count]) => sum + Number(count), 0);
}
