import test, { type ExecutionContext } from "ava";
import { wrap } from "../../../runtime/calls/cached-function";
import { cacheNamed, configure } from "../../../runtime/cache/configure";
import { RedisBackend } from "../../../runtime/backends/redis/redis-backend";
import { runs as runsOfProcess } from "../../../runtime/cache/runs";
import { FakeClock } from "../../../runtime/testing/fake-clock";
import { withCache } from "../../../runtime/calls/with-cache";
import { createCache, deferred, settled, type TestCache } from "../../support/cache";
import { type RedisServer, startRedis } from "../../support/redis";
import { keyOver } from "../../support/templates";

/**
 * A call inside the load that it would wait for runs the loader itself, as the plain program does.
 */

let server: RedisServer;
test.before(async () => (server = await startRedis()));
test.after.always(() => server?.stop());

type Id = number;
const stores = ["memory", "redis"] as const;

function createOn(t: ExecutionContext, store: (typeof stores)[number]): TestCache {
  if (store === "memory") return createCache(t);
  const inner = new RedisBackend(server.client({ keyPrefix: `${t.title}:` }));
  return createCache(t, { inner, remote: true });
}

/** Every test ends soon, and no run is left afterwards. */
for (const store of stores) {
  const title = (what: string): string => `${store}: ${what}`;

  test.serial(
    title(
      "a loader that calls itself again with the same arguments is retried, and later callers have hits",
    ),
    async (t) => {
      const cache = createOn(t, store);
      let failures = 1;
      const f = cache.count({}, async (id: Id): Promise<string> => {
        await null;
        try {
          if (failures-- > 0) throw new Error("transient");
          return `row ${id}`;
        } catch {
          return f(id);
        }
      });
      t.deepEqual(await Promise.all([f(1), f(1), f(1)]), ["row 1", "row 1", "row 1"]);
      await cache.idle();
      t.is(await f(1), "row 1");
      t.is(f.loads.length, 2);
      t.is(runsOfProcess.underWay, 0);
    },
  );

  test.serial(
    title("a retry within a refresh, or in the background, is not given what it is to replace"),
    async (t) => {
      const cache = createOn(t, store);
      let n = 0;
      let fails = false;
      const f = cache.wrap({}, async (): Promise<number> => {
        if (!fails) return ++n;
        fails = false;
        return f();
      });
      t.is(await f(), 1);
      fails = true;
      t.is(await f.refresh(), 2);
      t.is(await f(), 2);
      fails = true;
      t.is(await withCache({ mode: "refresh" }, () => f()), 3);
      await cache.idle();
      t.is(await f(), 3);
    },
  );

  test.serial(title("a load in the background is not given what it is to replace"), async (t) => {
    const cache = createOn(t, store);
    let n = 0;
    let fails = false;
    const f = cache.wrap({ ttlMs: 1, staleMs: 60_000 }, async (): Promise<number> => {
      await null;
      if (!fails) return ++n;
      fails = false;
      return f();
    });
    await f();
    await cache.idle();
    await cache.clock.advance(5);
    fails = true;
    t.is(await f(), 1);
    await cache.idle();
    t.is(n, 2);
    t.is(await f(), 2);
    await cache.idle();
  });

  test.serial(title("two functions that call each other with the same arguments"), async (t) => {
    const cache = createOn(t, store);
    const depth = new Map<string, number>();
    const mayGoOn = (name: string): boolean => {
      depth.set(name, (depth.get(name) ?? 0) + 1);
      return (depth.get(name) as number) < 3;
    };
    const f = cache.wrap({ name: "f" }, async (id: Id): Promise<string> =>
      mayGoOn("f") ? `f${await g(id)}` : "f",
    );
    const g = cache.wrap({ name: "g" }, async (id: Id): Promise<string> =>
      mayGoOn("g") ? `g${await f(id)}` : "g",
    );
    t.regex(await f(1), /^f/);
    await Promise.all([f(2), g(2), f(2), g(2)]);
    await cache.idle();
  });

  test.serial(title("a batch whose loader asks for ids that it is loading"), async (t) => {
    const cache = createOn(t, store);
    let depth = 0;
    const batch = cache.wrap(
      { batch: "array", key: keyOver((id: Id) => [id]) },
      async (ids: Id[]): Promise<number[]> => {
        await null;
        return depth++ === 0 ? batch(ids) : ids.map((id) => id * 10);
      },
    );
    t.deepEqual(await batch([1, 2, 1]), [10, 20, 10]);
    t.deepEqual(await batch([2, 3]), [20, 30]);
    await cache.idle();
  });

  test.serial(title("a tree that two batches load at once from both ends"), async (t) => {
    const cache = createOn(t, store);
    const children: Record<Id, Id[]> = { 1: [3], 2: [4], 3: [2], 4: [1] };
    const seen: Id[] = [];
    const both = deferred();
    let runs = 0;
    type Node = { id: Id; below: Id[] };
    const nodes = cache.wrap(
      { batch: "array", key: keyOver((id: Id) => [id]) },
      async (ids: Id[]): Promise<Node[]> => {
        seen.push(...ids);
        if (++runs >= 2) both.resolve();
        await both.promise;
        // A real tree ends, and a circle ends when each node has been visited.
        const below = ids.flatMap((id) =>
          seen.filter((other) => other === id).length > 1 ? [] : (children[id] ?? []),
        );
        const found = below.length === 0 ? [] : await nodes(below);
        return ids.map((id) => ({ id, below: found.map((node) => node.id) }));
      },
    );
    const [a, b] = await Promise.all([nodes([1, 4]), nodes([3, 2])]);
    t.deepEqual(
      [...a, ...b].map(({ id }) => id),
      [1, 4, 3, 2],
    );
    t.deepEqual(
      (await nodes([1, 2, 3, 4])).map(({ id }) => id),
      [1, 2, 3, 4],
    );
    await cache.idle();
    t.is(runsOfProcess.underWay, 0);
  });

  test.serial(title("a circle of three loads that were begun by three callers"), async (t) => {
    const cache = createOn(t, store);
    const all = deferred();
    const runs: Id[] = [];
    const next = cache.wrap({}, async (id: Id): Promise<Id> => {
      runs.push(id);
      if (new Set(runs).size === 3) all.resolve();
      await all.promise;
      return runs.filter((run) => run === id).length > 1 ? id : next((id + 1) % 3);
    });
    const calls = [0, 1, 2].map((id) => next(id));
    t.is((await Promise.all(calls)).length, 3);
    await cache.idle();
  });

  test.serial(
    title("a refresh inside a load of its own key, and a load inside its refresh"),
    async (t) => {
      const cache = createOn(t, store);
      let depth = 0;
      const f = cache.wrap({}, async (id: Id): Promise<string> => {
        const mine = depth++;
        return mine === 0 ? `${await f.refresh(id)}!` : `row ${id}`;
      });
      t.is(await f(1), "row 1!");
      await cache.idle();
      t.regex(await f(1), /^row 1/);
      await cache.idle();
    },
  );
}

test("a call that was not made inside the load waits for it, although a call inside has run the loader", async (t) => {
  const cache = createCache(t);
  const gate = deferred();
  let runs = 0;
  const f = cache.wrap({}, async (): Promise<string> => {
    if (++runs > 1) return "inner";
    await gate.promise;
    return `outer, ${await f()}`;
  });
  const first = f();
  await settled();
  const second = f();
  gate.resolve();
  t.is(await first, "outer, inner");
  t.is(await second, "outer, inner");
  t.is(runs, 2);
});

test("code that a loader leaves running makes ordinary calls once its load has ended", async (t) => {
  const cache = createCache(t);
  const gate = deferred();
  let later: Promise<unknown> = Promise.resolve();
  const f = cache.count({}, async (id: Id): Promise<Id> => {
    if (id === 1) later = gate.promise.then(() => Promise.all([f(1), f(2)]));
    return id;
  });
  await f(1);
  await cache.idle();
  gate.resolve();
  t.deepEqual(await later, [1, 2]);
  t.is(f.loads.length, 2, "the first is a hit");
});

test("a function with a timeout retries too, and its callers need not wait for the timeout", async (t) => {
  const cache = createCache(t);
  let failures = 1;
  const f = cache.wrap({ timeoutMs: 1_000 }, async (): Promise<string> =>
    failures-- > 0 ? f() : "row",
  );
  t.is(await f(), "row");
});

for (const order of ["the refresh waits first", "the load waits first"] as const) {
  test.serial(
    `a load that waits for the lease of a refresh in its process is part of a circle: ${order}`,
    async (t) => {
      const cache = createCache(t);
      const [refreshing, loading, onward] = [deferred(), deferred(), deferred()];
      let depth = 0;
      const f = cache.wrap({}, async (id: Id): Promise<string> => {
        if (++depth > 2) return `leaf ${id}`;
        (id === 1 ? refreshing : loading).resolve();
        await Promise.all([refreshing.promise, loading.promise]);
        // One of the two asks for the other's key when the other one is already waiting.
        if ((id === 1) === (order === "the load waits first")) await onward.promise;
        return `${id}, ${await f(3 - id)}`;
      });
      const both = Promise.all([f.refresh(1), f(2)]);
      await refreshing.promise;
      await settled();
      onward.resolve();
      await settled();
      // Time passes, so that a caller that asks for a lease at intervals asks again. A lease lasts
      // 5 s.
      await cache.clock.advance(50);
      t.regex((await both).join("; "), /leaf/);
      await cache.idle();
      t.is(runsOfProcess.underWay, 0);
    },
  );
}

test.serial(
  "a circle over two processes ends within a lease, and later calls have hits",
  async (t) => {
    const leaseMs = 10_000;
    // The two callers wait by this clock, while their leases are in Redis.
    const clock = new FakeClock();
    const clients = {
      a: server.client({ keyPrefix: `${t.title}:` }),
      b: server.client({ keyPrefix: `${t.title}:` }),
    };
    const name = (process: string): string => `${t.title}, ${process}`;
    const started = { a: deferred(), b: deferred() };
    const depth = { a: 0, b: 0 };
    const runs = { count: 0 };
    const functions = Object.fromEntries(
      (["a", "b"] as const).map((process) => {
        configure(name(process), {
          backend: new RedisBackend(clients[process]),
          clock,
          lease: "10s",
          deadline: "1h",
        });
        const f = wrap(
          () => ({ name: "f", key: keyOver((id: Id) => [id]), cache: name(process) }),
          (async (id: Id): Promise<string> => {
            runs.count++;
            started[process].resolve();
            await Promise.all([started.a.promise, started.b.promise]);
            return depth[process]++ === 0 ? `${id}, ${await f(3 - id)}` : `leaf ${id}`;
          }) as never,
        ) as unknown as (id: Id) => Promise<string>;
        return [process, f];
      }),
    ) as Record<"a" | "b", (id: Id) => Promise<string>>;
    let ended = false;
    // Each holds the lease that the other one's loader needs.
    const both = Promise.all([functions.a(1), functions.b(2)]).finally(() => (ended = true));
    await Promise.all([started.a.promise, started.b.promise]);
    let waitedMs = 0;
    for (; !ended && waitedMs < 3 * leaseMs; waitedMs += 500) {
      await clock.advance(500);
      // The questions that were asked until then are answered.
      await Promise.all([clients.a.ping(), clients.b.ping()]);
      await settled();
    }
    t.true(ended && waitedMs < 2 * leaseMs, `${waitedMs} ms`);
    const values = await both;
    // The caller that has waited longest runs the other's loader. The other one may find the value
    // that is stored then.
    for (const value of values) t.regex(value, /leaf [12]$/);
    await Promise.all([cacheNamed(name("a")).idle(), cacheNamed(name("b")).idle()]);
    const { count } = runs;
    t.deepEqual(await Promise.all([functions.b(1), functions.a(2)]), values);
    t.is(runs.count, count, "these are hits");
    t.is(runsOfProcess.underWay, 0);
  },
);
