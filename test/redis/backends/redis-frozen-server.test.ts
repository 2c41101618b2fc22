import test from "ava";
import { RedisBackend } from "../../../runtime/backends/redis/redis-backend";
import { cacheNamed, configure } from "../../../runtime/cache/configure";
import { wrap } from "../../../runtime/calls/cached-function";
import { BackendError } from "../../../runtime/errors";
import type { Plan } from "../../../runtime/plan";
import { startRedis, until } from "../../support/redis";
import { clusters, libraries, pools } from "../../support/redis-clients";

/**
 * These tests show what each client's calls do while the server is frozen. The deadline decides,
 * whatever the client would do.
 */
for (const [i, library] of [...libraries, ...pools].entries()) {
  test.serial(
    `${library.name}: a frozen server delays a call by the deadline, and is used again when it continues`,
    async (t) => {
      const server = await startRedis();
      const { client, destroy } = await library.connect(server.port);
      const cache = `frozen ${i}`;
      configure(cache, {
        backend: new RedisBackend(client),
        deadline: "200ms",
        breakerFailures: 2,
        breakerTime: "50ms",
      });
      t.teardown(async () => {
        server.thaw();
        destroy();
        await server.stop();
      });
      let loads = 0;
      const plan: Plan = { name: "frozen.f", key: { arguments: 1 }, ttlMs: 60_000, cache };
      const f = wrap(
        () => plan,
        (async (id: number) => {
          loads++;
          return id * 10;
        }) as never,
        "f",
      ) as unknown as ((id: number) => Promise<number>) & { invalidate(id: number): Promise<void> };
      t.is(await f(1), 10);
      await cacheNamed(cache).idle();
      server.freeze();
      const before = loads;
      // The server continues only afterwards. Without a deadline, ioredis and node-redis 5 would
      // wait forever.
      t.deepEqual(await Promise.all([f(1), f(2), f(3)]), [10, 20, 30]);
      t.is(loads, before + 3);
      await t.throwsAsync(f.invalidate(1), { instanceOf: BackendError });
      server.thaw();
      await until("calls are hits again", async () => {
        const loaded = loads;
        await f(4);
        await f(4);
        await cacheNamed(cache).idle();
        return (await f(4)) === 40 && loads === loaded;
      });
      await t.notThrowsAsync(f.invalidate(1));
    },
  );
}

test("the list has every client but those of a Cluster, whose nodes are frozen in chaos", (t) => {
  t.is(libraries.length + pools.length, 8);
  t.is(clusters.length, 4);
});
