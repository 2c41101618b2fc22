import { join, sep } from "node:path";
import test, { type ExecutionContext } from "ava";
import { RedisBackend } from "../../../runtime/backends/redis/redis-backend";
import { createCache, deferred, settled, type TestCache } from "../../support/cache";
import { type RedisServer, startRedis } from "../../support/redis";
import { keyOver } from "../../support/templates";

/**
 * There are two copies of zcache in one process, as after jest.resetModules. They share caches and
 * loads.
 */

type Copy = Pick<typeof import("../../../runtime/calls/cached-function"), "wrap"> &
  Pick<typeof import("../../../runtime/cache/stats"), "stats"> &
  Pick<typeof import("../../../runtime/calls/with-cache"), "withCache">;

const folder = join(__dirname, "../../../runtime") + sep;

function loadCopy(): Copy {
  for (const file of Object.keys(require.cache))
    if (file.startsWith(folder)) delete require.cache[file];
  const { wrap } =
    require("../../../runtime/calls/cached-function") as typeof import("../../../runtime/calls/cached-function");
  const { stats } =
    require("../../../runtime/cache/stats") as typeof import("../../../runtime/cache/stats");
  const { withCache } =
    require("../../../runtime/calls/with-cache") as typeof import("../../../runtime/calls/with-cache");
  return { wrap, stats, withCache };
}

const [one, two] = [loadCopy(), loadCopy()];
let server: RedisServer;
test.before(async () => (server = await startRedis()));
test.after.always(() => server?.stop());

function createCacheOn(store: "memory" | "redis", t: ExecutionContext): TestCache {
  if (store === "memory") return createCache(t);
  const inner = new RedisBackend(server.client({ keyPrefix: `${t.title}:` }));
  return createCache(t, { inner, remote: true, deadline: "1h" });
}

for (const store of ["memory", "redis"] as const) {
  for (const [what, first, second] of [
    ["the first", one, two],
    ["the second", two, one],
  ] as const) {
    test(`${store}: callers of the other copy join the loads of ${what}`, async (t) => {
      const cache = createCacheOn(store, t);
      let gate = deferred();
      let fails = false;
      let loads = 0;
      const make = (copy: Copy, plan: object = {}) =>
        copy.wrap(
          () => ({ name: "f", cache: cache.name, key: keyOver((id: unknown) => [id]), ...plan }),
          async (id: unknown) => {
            loads++;
            await gate.promise;
            if (fails) throw new Error("down");
            return Array.isArray(id) ? id.map((each: number) => ({ id: each })) : { id };
          },
        ) as unknown as (id: any) => Promise<any>;
      const [f, g] = [make(first), make(second)];
      const many = make(second, { batch: "array" });
      const ready = async (): Promise<void> => {
        for (let i = 0; i < 5; i++) await settled();
      };

      // The calls begin before the loader starts, and after it has started.
      const early = [f(1), g(1), many([1, 2])];
      await ready();
      const late = [g(1), f(1), many([1])];
      await ready();
      gate.resolve();
      t.deepEqual(await Promise.all(early), [{ id: 1 }, { id: 1 }, [{ id: 1 }, { id: 2 }]]);
      t.deepEqual(await Promise.all(late), [{ id: 1 }, { id: 1 }, [{ id: 1 }]]);
      t.is(loads, 2);

      gate = deferred();
      fails = true;
      const failing = [f(5), g(5)].map((call) => t.throwsAsync(call, { message: "down" }));
      await ready();
      const after = t.throwsAsync(g(5), { message: "down" });
      gate.resolve();
      await Promise.all([...failing, after]);
      fails = false;

      t.deepEqual(await g.refresh(1), { id: 1 });
      await f.invalidate(1);
      await t.throwsAsync(
        second.withCache({ mode: "only" }, () => f(1)),
        { code: "ZCACHE_MISS" },
      );
      await g(1);
      t.deepEqual(await first.withCache({ mode: "only" }, () => g(1)), { id: 1 });
      t.true((first.stats().functions["f"]?.load ?? 0) >= 3);
      t.deepEqual(first.stats().total, second.stats().total);
      await cache.idle();
    });

    test(`${store}: a retry by way of the other copy of ${what}`, async (t) => {
      const cache = createCacheOn(store, t);
      const plan = () => ({ name: "f", cache: cache.name, key: keyOver((id: unknown) => [id]) });
      const g = second.wrap(plan, (async (id: number) => `row ${id}`) as never) as unknown as (
        id: number,
      ) => Promise<string>;
      const f = first.wrap(plan, (async (id: number) => g(id)) as never) as unknown as typeof g;
      t.is(await f(1), "row 1");
      t.is(await g(1), "row 1");
      await cache.idle();
    });
  }
}
