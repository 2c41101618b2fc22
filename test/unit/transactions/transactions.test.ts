import test from "ava";
import { BackendError, ConfigError, transactional, withCache } from "../../../runtime";
import { registry } from "../../../runtime/cache/registry";
import { createCache, deferred, settled } from "../../support/cache";

const rolledBack = new Error("rolled back");

test("what is collected is one command, in order, each key once, and fences before versions", async (t) => {
  const cache = createCache(t);
  const f = cache.wrap({}, async (id: number) => id);
  const before = cache.backend.calls.length;
  await transactional(async () => {
    await f.invalidate(2);
    await cache.invalidateTag("user:1");
    await f.invalidate(1);
    await f.invalidate(2);
    await cache.invalidateTag("user:2");
    await cache.invalidateTag("all");
    t.is(cache.backend.calls.length, before);
  });
  const calls = cache.backend.calls.slice(before);
  t.deepEqual(
    calls.map(({ operation, keys }) => [operation, keys]),
    [["delete", ["tags:user~", "f|2", "tag:user:1~", "f|1", "tag:user:2~", "tag:all~"]]],
  );
  t.deepEqual(cache.takeTrace(), [
    "invalidate f|2",
    "invalidate tag user:1",
    "invalidate f|1",
    "invalidate tag user:2",
    "invalidate tag all",
  ]);
});

test("each cache has a command of its own", async (t) => {
  const [one, other] = [createCache(t), createCache(t)];
  await transactional(async () => {
    await one.invalidateTag("a");
    await other.invalidateTag("b");
    await one.invalidateTag("c");
  });
  const deletes = [one, other].map(({ backend }) => backend.calls.map(({ keys }) => keys));
  t.deepEqual(deletes, [[["tag:a~", "tag:c~"]], [["tag:b~"]]]);
});

test("a nested transaction's invalidations wait for the outer one, and are dropped when it fails", async (t) => {
  const cache = createCache(t);
  const f = cache.count({}, async (id: number) => id);
  await f(1);
  await f(2);
  await transactional(async () => {
    await transactional(() => f.invalidate(1));
    await t.throwsAsync(
      transactional(async () => {
        await f.invalidate(2);
        await f(2);
        throw rolledBack;
      }),
    );
    t.is(cache.backend.calls.filter(({ operation }) => operation === "delete").length, 0);
    t.deepEqual(f.loads.length, 3);
    await f(2);
    t.deepEqual(f.loads.length, 3, "what the savepoint invalidated is as it was");
    await f(1);
    t.deepEqual(f.loads.length, 4, "but not what the one that succeeded did");
  });
  cache.takeTrace();
  await f(1);
  await f(2);
  t.deepEqual(cache.takeTrace(), ["miss f|1", "load f|1", "store f|1", "hit f|2"]);
  await t.throwsAsync(
    transactional(async () => {
      await transactional(() => f.invalidate(1));
      throw rolledBack;
    }),
  );
  cache.takeTrace();
  await f(1);
  t.deepEqual(cache.takeTrace(), ["hit f|1"]);
});

test("an independent transaction's invalidations are carried out by its own commit", async (t) => {
  const cache = createCache(t);
  const f = cache.count({}, async (id: number) => id);
  await f(1);
  await t.throwsAsync(
    transactional(async () => {
      await transactional(() => f.invalidate(1), { independent: true });
      throw rolledBack;
    }),
  );
  await f(1);
  t.is(f.loads.length, 2);
});

test("a refresh in a transaction says by an event that it became an invalidation", async (t) => {
  const cache = createCache(t);
  let n = 0;
  const f = cache.count({}, async (_id: number) => ++n);
  await f(1);
  cache.takeTrace();
  await transactional(async () => {
    t.is(await f.refresh(1), 2);
    t.is(await withCache({ mode: "refresh" }, () => f(1)), 3);
    t.is(await f.nocache(1), 4);
    t.is(await withCache({ mode: "bypass" }, () => f(1)), 5);
  });
  t.deepEqual(cache.takeTrace(), [
    "transaction refresh f|1",
    "load f|1",
    "transaction refresh f|1",
    "load f|1",
    "invalidate f|1",
  ]);
  t.is(await f(1), 6);
});

test("a transaction that may have committed has its invalidations carried out, and rejects with its own error", async (t) => {
  const cache = createCache(t);
  const f = cache.count({}, async (id: number) => id);
  const lost = [
    Object.assign(new Error("read"), { code: "ECONNRESET" }),
    Object.assign(new Error("unknown"), { code: "08007" }),
    new Error("Connection terminated unexpectedly"),
    new Error("commit failed", { cause: Object.assign(new Error("x"), { code: "57P01" }) }),
    new AggregateError([Object.assign(new Error("x"), { code: "P1017" })]),
  ];
  for (const error of lost) {
    await f(1);
    const loads = f.loads.length;
    const failing = transactional(async () => {
      await f.invalidate(1);
      throw error;
    });
    t.is(await t.throwsAsync(failing), error);
    await f(1);
    t.is(f.loads.length, loads + 1, error.message);
  }
  const sure = Object.assign(new Error("duplicate key"), { code: "23505" });
  for (const mayHaveCommitted of [undefined, () => true]) {
    await f(1);
    const loads = f.loads.length;
    await t.throwsAsync(
      transactional(
        async () => {
          await f.invalidate(1);
          throw sure;
        },
        { ...(mayHaveCommitted && { mayHaveCommitted }) },
      ),
    );
    await f(1);
    t.is(f.loads.length, loads + (mayHaveCommitted ? 1 : 0));
  }
  t.is(
    cache.takeTrace().filter((line) => line === "transaction unknown-outcome f|1").length,
    lost.length + 1,
  );
});

test("an invalidation that fails after the commit rejects with an error that says that the transaction has committed", async (t) => {
  const cache = createCache(t);
  const f = cache.wrap({}, async (id: number) => id);
  cache.backend.fail("delete");
  const error = await t.throwsAsync(
    transactional(async () => {
      await f.invalidate(1);
      await cache.invalidateTag("user:1");
    }),
    { instanceOf: BackendError, message: /HAS COMMITTED/ },
  );
  t.true(error.committed);
  t.deepEqual(error.keys, ["tags:user~", "f|1", "tag:user:1~"]);
  cache.backend.heal();
});

test("what is invalidated after the end of its transaction is carried out at once, and is an event", async (t) => {
  const cache = createCache(t);
  const f = cache.count({}, async (id: number) => id);
  await f(1);
  const gate = deferred();
  let floating: Promise<void> | undefined;
  await transactional(async () => {
    floating = gate.promise.then(() => f.invalidate(1));
  });
  cache.takeTrace();
  gate.resolve();
  await floating;
  t.deepEqual(cache.takeTrace(), ["transaction late f|1", "invalidate f|1"]);
  await f(1);
  await f(1);
  t.is(f.loads.length, 2);
});

test("what is late in a nested transaction waits for the outer one", async (t) => {
  const cache = createCache(t);
  const f = cache.wrap({}, async (id: number) => id);
  const gate = deferred();
  await transactional(async () => {
    let floating: Promise<void> | undefined;
    await transactional(async () => {
      floating = gate.promise.then(() => f.invalidate(1));
    });
    gate.resolve();
    await floating;
    t.deepEqual(cache.takeTrace(), []);
  });
  t.deepEqual(cache.takeTrace(), ["invalidate f|1"]);
});

test("a transaction that does not end has its invalidations carried out, and again after its commit", async (t) => {
  const cache = createCache(t);
  const f = cache.wrap({}, async (id: number) => id);
  const gate = deferred();
  const next = deferred();
  const done = transactional(
    async () => {
      await f.invalidate(1);
      await next.promise;
      await f.invalidate(2);
      await gate.promise;
    },
    { overdue: "10s" },
  );
  await cache.clock.advance(9_999);
  t.deepEqual(cache.takeTrace(), []);
  await cache.clock.advance(1);
  await settled();
  t.deepEqual(cache.takeTrace(), ["transaction overdue f|1", "invalidate f|1"]);
  next.resolve();
  await settled();
  t.deepEqual(cache.takeTrace(), ["invalidate f|2"]);
  gate.resolve();
  await done;
  t.deepEqual(cache.takeTrace(), ["invalidate f|1", "invalidate f|2"]);
});

test("a stale entry is served in a transaction, and nothing is loaded in the background", async (t) => {
  const cache = createCache(t, { stale: "1m" });
  const f = cache.count({ ttlMs: 1_000 }, async (id: number) => id);
  await f(1);
  await cache.clock.advance(2_000);
  await transactional(() => f(1));
  await settled();
  t.is(f.loads.length, 1);
});

test("staleIfError and timeout hold in a transaction too, but not for what it has invalidated", async (t) => {
  const cache = createCache(t, { staleIfError: "1m" });
  let fails = false;
  const f = cache.count({ ttlMs: 1_000 }, async (id: number) => {
    if (fails) throw rolledBack;
    return id;
  });
  await f(1);
  await cache.clock.advance(2_000);
  fails = true;
  t.is(await transactional(() => f(1)), 1);
  await t.throwsAsync(
    transactional(async () => {
      await f.invalidate(1);
      await f(1);
    }),
    { message: "rolled back" },
  );
});

test.serial("with caching disabled invalidations still wait for the commit", async (t) => {
  const cache = createCache(t);
  const f = cache.count({}, async (id: number) => id);
  registry.enabled = false;
  try {
    await transactional(async () => {
      await f.invalidate(1);
      t.is(await f.refresh(2), 2);
      t.is(await f(1), 1);
      t.is(cache.backend.calls.length, 0);
    });
    t.deepEqual(
      cache.backend.calls.map(({ keys }) => keys),
      [["f|1", "f|2"]],
    );
  } finally {
    registry.enabled = true;
  }
});

test("a synchronous function, a value and a synchronous error", async (t) => {
  const cache = createCache(t);
  t.is(await transactional(() => (void cache.invalidateTag("a"), 5)), 5);
  t.deepEqual(cache.takeTrace(), ["invalidate tag a"]);
  await t.throwsAsync(
    transactional(() => {
      void cache.invalidateTag("a");
      throw rolledBack;
    }),
    { is: rolledBack },
  );
  t.deepEqual(cache.takeTrace(), []);
});

test("wrong arguments are ConfigErrors", async (t) => {
  const wrong: [unknown, unknown, RegExp][] = [
    [undefined, {}, /^transactional takes a function, but got: undefined\.$/],
    [Promise.resolve(), {}, /an instance of Promise\. The work behind a promise has already begun/],
    [() => {}, null, /takes an object of options/],
    [() => {}, { independant: true }, /no option "independant"\. Did you mean "independent"\?/],
    [() => {}, { independent: 1 }, /"independent" must be true or false/],
    [() => {}, { overdue: 5 }, /"overdue" must be a duration/],
    [() => {}, { mayHaveCommitted: true }, /"mayHaveCommitted" must be a function/],
  ];
  for (const [fn, options, message] of wrong)
    await t.throwsAsync(transactional(fn as () => void, options as {}), {
      instanceOf: ConfigError,
      message,
    });
  const cache = createCache(t);
  await t.throwsAsync(
    transactional(() => cache.invalidateTag("")),
    { instanceOf: ConfigError, message: /invalidateTag takes the tag's text/ },
  );
});
