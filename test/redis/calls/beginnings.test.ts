import test, { type ExecutionContext } from "ava";
import { hasLease } from "../../../runtime/entry/entry";
import { LoadTimeoutError } from "../../../runtime/errors";
import { RedisBackend } from "../../../runtime/backends/redis/redis-backend";
import { createCache, deferred, settled, type TestCache } from "../../support/cache";
import { type RedisServer, startRedis, until } from "../../support/redis";
import { keyOver, template } from "../../support/templates";

/**
 * These rules apply to every run of a loader, whatever has begun it: a call, a batch, a refresh, or
 * a stale entry that was served.
 */

const second = 1_000;
const leaseMs = 6 * second;
let server: RedisServer;
test.before(async () => (server = await startRedis()));
test.after.always(() => server?.stop());

interface Numbered {
  readonly cache: TestCache;
  /**
   * Begins a run of the loader for the key `f|1`, and settles as its caller does. The result is
   * undefined if nobody waits.
   */
  readonly begin: () => Promise<unknown>;
  readonly loader: { gate: Promise<void>; runs: number; fails: boolean };
  readonly other: TestCache;
}

type Make = (t: ExecutionContext, plan?: object, options?: object) => Promise<Numbered>;

function createPair(t: ExecutionContext, store: string, options: object): [TestCache, TestCache] {
  const all = { lease: "6s", deadline: "1h", ...options };
  if (store === "memory") {
    const cache = createCache(t, all);
    return [cache, createCache(t, { ...all, inner: cache.backend, clock: cache.clock })];
  }
  const inner = new RedisBackend(server.client({ keyPrefix: `${t.title}:` }));
  const cache = createCache(t, { ...all, inner });
  return [cache, createCache(t, { ...all, inner, clock: cache.clock })];
}

function beginnings(store: string): Record<string, Make> {
  const make =
    (
      plan: object,
      begin: (
        f: (id: any) => Promise<unknown>,
        cache: TestCache,
      ) => Promise<() => Promise<unknown>>,
    ): Make =>
    async (t, further = {}, options = {}) => {
      const [cache, other] = createPair(t, store, options);
      const loader = { gate: Promise.resolve(), runs: 0, fails: false };
      const f = cache.wrap(
        { key: keyOver((id: unknown) => [id]), ...plan, ...further },
        async (id: unknown) => {
          loader.runs++;
          await loader.gate;
          if (loader.fails) throw new Error("The loader has failed");
          return Array.isArray(id) ? id.map(() => `run ${loader.runs}`) : `run ${loader.runs}`;
        },
      ) as (id: unknown) => Promise<unknown>;
      return { cache, other, loader, begin: await begin(f, cache) };
    };
  return {
    call: make({}, async (f) => () => f(1)),
    batch: make({ batch: "array" }, async (f) => () => f([1])),
    refresh: make({}, async (f) => () => f.refresh(1)),
    "refresh of a batch": make({ batch: "array" }, async (f) => () => f.refresh([1])),
    background: make({ ttlMs: 1, staleMs: 3_600 * second }, async (f, cache) => {
      await f(1);
      await cache.idle();
      await cache.clock.advance(5);
      cache.takeTrace();
      cache.backend.takeTrace();
      return async () => void (await f(1));
    }),
  };
}

for (const store of ["memory", "redis"]) {
  for (const [what, make] of Object.entries(beginnings(store))) {
    const title = (promise: string): string => `${store}, ${what}: ${promise}`;

    test(
      title(
        "a loader that hangs is given up after its timeout: no renewals, an error event, and idle resolves",
      ),
      async (t) => {
        const { cache, begin, loader } = await make(t, { timeoutMs: 2 * second });
        const gate = deferred();
        loader.gate = gate.promise;
        const runs = loader.runs;
        const call = begin().catch((error: unknown) => error);
        for (let i = 0; i < 3; i++) await settled();
        await cache.clock.advance(3 * second);
        for (let i = 0; i < 3; i++) await settled();
        const outcome = await call;
        t.true(outcome === undefined || outcome instanceof LoadTimeoutError);
        t.is(loader.runs, runs + 1);
        const renewals = cache.backend.count("renew");
        t.true(renewals <= 1);
        await cache.clock.advance(60 * second);
        t.is(cache.backend.count("renew"), renewals);
        const errors = cache.events.filter((event) => event.type === "error");
        t.deepEqual(
          errors.map((event) => event.type === "error" && event.error.name),
          ["LoadTimeoutError"],
        );
        await cache.idle();
        gate.resolve();
        await settled();
        await cache.idle();
      },
    );

    test(
      title("while the loader runs its lease is renewed, and what it returns is stored"),
      async (t) => {
        const { cache, begin, loader } = await make(t);
        const gate = deferred();
        loader.gate = gate.promise;
        const { runs } = loader;
        const call = begin();
        await until("the loader runs", async () => loader.runs > runs);
        await until("the lease is renewed again and again", async () => {
          await cache.clock.advance(leaseMs / 3);
          return cache.backend.count("renew") >= 10;
        });
        gate.resolve();
        await call;
        await cache.idle();
        t.regex(String(await cache.peek("f|1")), /run/);
        t.true(cache.takeTrace().includes("store f|1"));
      },
    );

    test(title("an invalidation while the loader runs drops what it returns"), async (t) => {
      const { cache, begin, loader } = await make(t);
      const gate = deferred();
      loader.gate = gate.promise;
      const { runs } = loader;
      const call = begin();
      await until("the loader runs", async () => loader.runs > runs);
      await cache.backend.delete(["f|1"]);
      gate.resolve();
      await call;
      await cache.idle();
      t.is(await cache.peek("f|1"), null);
      t.is(cache.takeTrace().at(-1), "drop f|1");
    });

    test(title("a result that `when` refuses ends what stood there"), async (t) => {
      let isWanted = true;
      const { cache, begin } = await make(t, { when: () => isWanted });
      isWanted = false;
      await begin();
      await cache.idle();
      t.is(await cache.peek("f|1"), null);
      t.true(cache.takeTrace().includes("skip f|1"));
    });

    test(
      title("a result that is refused leaves no lease, also where what stood there can't be ended"),
      async (t) => {
        let isWanted = true;
        // An entry with a tag has an id, and is replaced only if it is still that entry.
        const tags = [template(["tag"], () => [])];
        const { cache, begin } = await make(t, { when: () => isWanted, tags });
        await begin();
        await cache.idle();
        await cache.invalidateTag("tag");
        isWanted = false;
        cache.backend.fail("delete");
        await begin().catch(() => {});
        await cache.idle();
        cache.backend.heal();
        const [bytes] = await cache.backend.read(["f|1"]);
        t.false(bytes != null && hasLease(bytes));
      },
    );

    test(title("so does one whose own ttl is nothing"), async (t) => {
      let ttl = "1ms";
      const { cache, begin } = await make(t, { ttl: () => ttl });
      ttl = "0s";
      await begin();
      await cache.idle();
      t.is(await cache.peek("f|1"), null);
    });

    test(title("a result with a tag that is invalidated meanwhile is dropped"), async (t) => {
      const { cache, begin, loader } = await make(t, {
        resultTags: [template(["of:", ""], () => [1])],
      });
      const gate = deferred();
      loader.gate = gate.promise;
      const { runs } = loader;
      const call = begin();
      await until("the loader runs", async () => loader.runs > runs);
      await cache.invalidateTag("of:1");
      gate.resolve();
      await call;
      await cache.idle();
      const trace = cache.takeTrace();
      t.true(trace.includes("drop f|1"), trace.join());
    });
  }

  for (const count of [2, 5]) {
    test(`${store}: of ${count} overlapping refreshes the value of the newest stays, whichever ends first`, async (t) => {
      for (const order of ["first", "last"] as const) {
        const [cache] = createPair(t, store, {});
        const gates = Array.from({ length: count }, () => deferred());
        let runs = -1;
        const f = cache.wrap({ name: order }, async () => {
          const run = runs++;
          if (run >= 0) await gates[run]?.promise;
          return `v${run}`;
        });
        await f();
        await cache.idle();
        const all = gates.map(() => f.refresh());
        for (let i = 0; i < 5; i++) await settled();
        for (const gate of order === "first" ? gates : gates.slice().reverse()) {
          gate.resolve();
          await settled();
        }
        await Promise.all(all);
        const last = `v${count - 1}`;
        t.is(await cache.peek(`${order}|`), JSON.stringify(last), order);
        t.is(await f(), last);
      }
    });

    test(`${store}: the same for ${count} refreshes in different processes`, async (t) => {
      const [a, b] = createPair(t, store, {});
      const gates = Array.from({ length: count }, () => deferred());
      let runs = -1;
      const load = async (): Promise<string> => {
        const run = runs++;
        if (run >= 0) await gates[run]?.promise;
        return `v${run}`;
      };
      const processes = [a.wrap({}, load), b.wrap({}, load)];
      await processes[0]?.();
      await a.idle();
      const all: Promise<unknown>[] = [];
      for (let i = 0; i < count; i++) {
        all.push((processes[i % 2] as (typeof processes)[0]).refresh());
        for (let turns = 0; turns < 3; turns++) await settled();
      }
      for (const gate of gates) {
        gate.resolve();
        await settled();
        await a.clock.advance(100);
      }
      let hasEnded = false;
      void Promise.allSettled(all).then(() => (hasEnded = true));
      // A refresh that waits for another one's lease looks again by the clock, which has to move
      // until a busy server has answered.
      await until("all refreshes have ended", async () => {
        await a.clock.advance(100);
        return hasEnded;
      });
      await Promise.all(all);
      t.regex(String(await a.peek("f|")), new RegExp(`v${count - 1}`));
    });
  }
}

test("a refresh rejects if it could neither store its value nor delete the old one", async (t) => {
  const cache = createCache(t);
  let n = 0;
  const f = cache.wrap({}, async () => ++n);
  await f();
  const readOnly = new Error("READONLY You can't write against a read only replica.");
  for (const operation of ["acquire", "write", "release", "delete", "ensureVersions"] as const)
    cache.backend.fail(operation, readOnly);
  await t.throwsAsync(f.refresh() as Promise<unknown>, { code: "ZCACHE_BACKEND" });
  cache.backend.heal();
  t.is(await f.refresh(), 3);
});
