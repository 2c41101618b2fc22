import test from "ava";
import {
  BackendError,
  ConfigError,
  hold,
  keysOf,
  transactional,
  withCache,
} from "../../../runtime";
import type { Backend } from "../../../runtime/backends/backend";
import { scopes } from "../../../runtime/transactions/scope";
import { MemoryBackend } from "../../../runtime/backends/memory-backend";
import { backendMethods } from "../../../runtime/cache/configure";
import { createCache, deferred, settled } from "../../support/cache";
import { until } from "../../support/redis";
import { useStores } from "../../support/stores";
import { template } from "../../support/templates";

const onEachStore = useStores();
const tags = [template(["user:", ""], (id: unknown) => [id])];
const resultTags = [
  { ...template(["by:", ""], (result: unknown) => [(result as { by: number }).by]), kind: "by" },
];
const rolledBack = new Error("rolled back");

onEachStore(
  "while a transaction holds tags and keys, all callers load and none stores",
  async (t, create) => {
    const [writer, reader] = [create(), create()];
    const byTag = reader.count({ name: "byTag", tags }, async (id: number) => id);
    const byKey = reader.count({ name: "byKey" }, async (id: number) => id);
    const batch = reader.count(
      { name: "batch", tags, batch: "array" as const },
      async (ids: number[]) => ids,
    );
    const byResult = reader.count({ name: "byResult", resultTags }, async (id: number) => ({
      id,
      by: 1,
    }));
    const others = reader.count({ name: "others", tags }, async (id: number) => id);
    const singles = [byTag, byKey, byResult, others];
    const readAll = async (): Promise<void> => {
      for (const f of singles) await f(1);
      await batch([1, 2]);
    };
    const loads = (): number[] => [...singles, batch].map((f) => f.loads.length);
    await others(2);
    await readAll();
    t.deepEqual(loads(), [1, 1, 1, 2, 1]);
    const names = { tags: ["user:1", "by:1"], keys: keysOf(byKey, 1) };
    await transactional(
      async () => {
        await Promise.resolve();
        for (let round = 1; round <= 3; round++) {
          // As another process would: outside of the transaction's async context.
          await outside(readAll);
          t.deepEqual(loads().slice(0, 3), [1 + round, 1 + round, 1 + round]);
          t.is(loads()[4], 1 + round);
        }
        t.deepEqual(
          batch.loads.slice(1),
          [[[1]], [[1]], [[1]]],
          "what is not held is stored and read as always",
        );
        await outside(() => others(2));
        t.is(await outside(() => byTag.refresh(1)), 1);
        t.is(await outside(() => byKey.refresh(1)), 1);
      },
      { hold: { ...names, cache: writer.name } },
    );
    const before = loads();
    await readAll();
    t.deepEqual(
      loads(),
      before.map((count) => count + 1),
      "what was held is invalidated",
    );
    await readAll();
    t.deepEqual(
      loads(),
      before.map((count) => count + 1),
      "and stored again",
    );
    t.deepEqual(others.loads.filter(([id]) => id === 2).length, 1);
  },
);

/** This runs in an async context that belongs to no caller. */
function outside<T>(work: () => Promise<T>): Promise<T> {
  return scopes.storage ? scopes.storage.exit(work) : work();
}

onEachStore(
  "a load that began before the hold stores nothing, not even after its end",
  async (t, create) => {
    const [writer, reader] = [create(), create()];
    let row = 0;
    for (const plan of [
      { name: "byKey" },
      { name: "byTag", tags },
      { name: "byResult", resultTags },
    ]) {
      const gate = deferred();
      const hasRead = deferred();
      const f = reader.count(plan, async (_id: number) => {
        const read = row;
        hasRead.resolve();
        await gate.promise;
        return { read, by: 1 };
      });
      const early = f(1);
      await hasRead.promise;
      await transactional(async () => void row++, {
        hold: { tags: ["user:1", "by:1"], keys: keysOf(f, 1), cache: writer.name },
      });
      gate.resolve();
      await early;
      await reader.idle();
      t.is((await f(1)).read, row, plan.name);
    }
  },
);

onEachStore(
  "a transaction whose process dies leaves a hold that runs out, and no old value",
  async (t, create) => {
    const [writer, reader] = [create(), create()];
    let row = 0;
    const f = reader.count({ tags }, async (_id: number) => row);
    const named = reader.count({ name: "named", resultTags }, async (_id: number) => ({
      row,
      by: 1,
    }));
    await f(1);
    await named(1);
    const hasCommitted = deferred();
    const mayEnd = deferred();
    const dying = transactional(
      async () => {
        row++;
        hasCommitted.resolve();
        await mayEnd.promise;
      },
      { hold: { tags: ["user:1", "by:1"], cache: writer.name, lease: "150ms" } },
    );
    await hasCommitted.promise;
    // The process is dead: it renews nothing any more.
    writer.backend.fail("holdKeys");
    t.is(await f(1), 1);
    t.is((await named(1)).row, 1);
    await writer.clock.advance(151);
    for (const each of [f, named]) {
      await until("the hold has run out, and a value is stored again", async () => {
        await each(1);
        const before = each.loads.length;
        await each(1);
        return each.loads.length === before;
      });
    }
    mayEnd.resolve();
    await dying;
  },
);

onEachStore("a hold is renewed for as long as its transaction takes", async (t, create) => {
  const cache = create();
  const f = cache.count({ tags }, async (id: number) => id);
  const gate = deferred();
  const begun = deferred();
  const done = transactional(() => (begun.resolve(), gate.promise), {
    hold: { tags: ["user:1"], cache: cache.name, lease: "30s" },
  });
  await begun.promise;
  for (let renewals = 0; renewals < 5; renewals++) {
    // The next one is due when this one is answered.
    while (cache.backend.count("holdKeys") === renewals) await settled();
    await cache.idle();
    await cache.clock.advance(10_000);
  }
  while (cache.backend.count("holdKeys") < 6) await settled();
  await f(1);
  await f(1);
  t.is(f.loads.length, 2);
  gate.resolve();
  await done;
  await cache.idle();
  t.deepEqual(
    cache.takeTrace().filter((line) => line.startsWith("transaction")),
    [],
  );
});

test("a transaction takes two commands for its hold, and held keys are not invalidated separately", async (t) => {
  const cache = createCache(t);
  const f = cache.wrap({}, async (id: number) => id);
  const hold = { tags: ["user:1", "all"], keys: keysOf(f, 1), cache: cache.name };
  await transactional(
    async () => {
      await cache.invalidateTag("user:1");
      await f.invalidate(1);
    },
    { hold },
  );
  const keys = ["tags:user~", "tag:user:1~", "tag:all~", "f|1"];
  t.deepEqual(cache.backend.calls, [
    { operation: "holdKeys", keys },
    { operation: "endHolds", keys },
  ]);
  t.deepEqual(cache.takeTrace(), ["invalidate tag user:1", "invalidate tag all", "invalidate f|1"]);
  cache.backend.takeTrace();
  await transactional(() => cache.invalidateTag("user:2"), { hold });
  t.deepEqual(cache.backend.takeTrace(), ["holdKeys", "delete", "endHolds"]);
});

test("a call under a hold is one read and one run of its function", async (t) => {
  const cache = createCache(t);
  const plain = cache.count({ name: "plain" }, async (id: number) => id);
  const tagged = cache.count({ name: "tagged", tags }, async (id: number) => id);
  const batch = cache.count(
    { name: "batch", tags, batch: "array" as const },
    async (ids: number[]) => ids,
  );
  const gate = deferred();
  const done = transactional(() => gate.promise, {
    hold: { tags: ["user:1"], keys: keysOf(plain, 1), cache: cache.name },
  });
  await settled();
  cache.backend.takeTrace();
  for (const call of [() => plain(1), () => tagged(1), () => batch([1])]) {
    await call();
    t.deepEqual(cache.backend.takeTrace(), ["read"]);
  }
  gate.resolve();
  await done;
});

onEachStore(
  "several holds on one tag are counted, and an invalidation removes none",
  async (t, create) => {
    const [one, other] = [create(), create()];
    const f = other.count({ tags }, async (id: number) => id);
    const [first, second] = [deferred(), deferred()];
    const hold = { tags: ["user:1"] };
    const long = transactional(() => first.promise, { hold: { ...hold, cache: one.name } });
    const short = transactional(() => second.promise, { hold: { ...hold, cache: other.name } });
    while (one.backend.count("holdKeys") + other.backend.count("holdKeys") < 2) await settled();
    const isStored = async (): Promise<boolean> => {
      const before = f.loads.length;
      await f(1);
      await f(1);
      return f.loads.length < before + 2;
    };
    t.false(await isStored());
    second.resolve();
    await short;
    t.false(await isStored(), "the other transaction is still under way");
    await other.invalidateTag("user:1");
    t.false(await isStored());
    first.resolve();
    await long;
    other.takeTrace();
    t.true(await isStored(), other.takeTrace().join());
  },
);

onEachStore("a transaction that is rolled back ends its hold", async (t, create) => {
  const cache = create();
  const f = cache.count({ tags }, async (id: number) => id);
  const failing = transactional(
    async () => {
      throw rolledBack;
    },
    { hold: { tags: ["user:1"], cache: cache.name } },
  );
  t.is(await t.throwsAsync(failing), rolledBack);
  await f(1);
  await f(1);
  t.is(f.loads.length, 1);
  t.deepEqual(
    cache.takeTrace().filter((line) => line.startsWith("invalidate")),
    [],
  );
});

test("a hold can be taken inside, where the tag is known, and belongs to the outer transaction behind a savepoint", async (t) => {
  const cache = createCache(t);
  const options = (tag: string) => ({ tags: [tag], cache: cache.name });
  await transactional(async () => {
    await hold(options("a"));
    await transactional(async () => {
      await hold({ tags: ["a", "b"], cache: cache.name });
      t.deepEqual(
        cache.backend.calls.at(-1)?.keys,
        ["tag:b~"],
        "what is held already is not held twice",
      );
    });
    await t.throwsAsync(
      transactional(async () => {
        await hold(options("c"));
        throw rolledBack;
      }),
    );
    t.deepEqual(cache.backend.calls.at(-1), { operation: "endHolds", keys: ["tag:c~"] });
    await transactional(() => hold(options("a")), { independent: true });
    t.deepEqual(cache.backend.calls.slice(-2), [
      { operation: "holdKeys", keys: ["tag:a~"] },
      { operation: "endHolds", keys: ["tag:a~"] },
    ]);
  });
  t.deepEqual(cache.backend.calls.at(-1), { operation: "endHolds", keys: ["tag:a~", "tag:b~"] });
  t.deepEqual(
    cache.takeTrace().filter((line) => line.startsWith("transaction")),
    [],
  );
});

test("reads in the transaction see its own writes under what it holds", async (t) => {
  const cache = createCache(t);
  let row = 0;
  const f = cache.count({ tags }, async (_id: number) => row);
  await f(1);
  await transactional(
    async () => {
      row = 1;
      t.is(await f(1), 1);
      await t.throwsAsync(withCache({ mode: "only" }, () => f(1)));
    },
    { hold: { tags: ["user:1"], cache: cache.name } },
  );
});

test("a store that can't be asked is a rejection before the transaction, or an event", async (t) => {
  const cache = createCache(t);
  const f = cache.count({ tags }, async (id: number) => id);
  const hold = { tags: ["user:1"], keys: ["f|1"], cache: cache.name };
  cache.backend.fail("holdKeys");
  let hasBegun = false;
  const error = await t.throwsAsync(
    transactional(() => (hasBegun = true), { hold }),
    { instanceOf: BackendError, message: /must not write.*onOutage: "proceed"/ },
  );
  t.false(error.committed);
  t.false(hasBegun);
  cache.takeTrace();
  cache.backend.takeTrace();
  t.is(await transactional(() => "result", { hold: { ...hold, onOutage: "proceed" } }), "result");
  t.deepEqual(cache.backend.takeTrace().slice(0, 2), ["holdKeys", "endHolds"]);
  t.true(cache.takeTrace().includes("transaction unheld tags:user~ tag:user:1~ f|1"));
  await cache.idle();
  t.is(cache.backend.count("delete"), 0);
  cache.backend.heal();
  await f(1);
});

test("a hold whose answer comes too late is ended", async (t) => {
  const cache = createCache(t, { remote: true, deadline: "100ms" });
  const gate = cache.backend.hold("holdKeys");
  const failing = transactional(() => {}, { hold: { tags: ["a"], cache: cache.name } });
  await gate.reached;
  await cache.clock.advance(100);
  await t.throwsAsync(failing, { instanceOf: BackendError });
  gate.release();
  await settled();
  await cache.idle();
  t.is(await cache.peek("tag:a~"), null);
});

test("a hold that has run out is an event at once, is taken again, and is invalidated with the commit", async (t) => {
  const cache = createCache(t);
  const f = cache.count({ tags }, async (id: number) => id);
  const gate = deferred();
  const done = transactional(() => gate.promise, {
    hold: { tags: ["user:1"], cache: cache.name, lease: "30s" },
  });
  await settled();
  (cache.backend as { clear(): void }).clear();
  await f(1);
  t.not(await cache.peek("f|1"), null, "somebody could store");
  await cache.clock.advance(10_000);
  await settled();
  t.deepEqual(cache.takeTrace().slice(-1), ["transaction lapsed tags:user~ tag:user:1~"]);
  const before = f.loads.length;
  await f(1);
  await f(1);
  t.is(f.loads.length, before + 2, "it stands again");
  gate.resolve();
  await done;
  await f(1);
  await f(1);
  t.is(f.loads.length, before + 3);
});

test("a hold that was lost without a renewal is an event after the commit", async (t) => {
  const cache = createCache(t);
  await transactional(async () => cache.backend.clear(), {
    hold: { tags: ["a"], cache: cache.name },
  });
  t.deepEqual(cache.takeTrace(), ["transaction lapsed tag:a~", "invalidate tag a"]);
});

test("a hold that can't be renewed for as long as it lasts is an event, once", async (t) => {
  const cache = createCache(t);
  const gate = deferred();
  const done = transactional(() => gate.promise, {
    hold: { tags: ["a"], cache: cache.name, lease: "30s" },
  });
  await settled();
  cache.backend.fail("holdKeys");
  for (let i = 0; i < 6; i++) {
    await cache.clock.advance(10_000);
    await settled();
  }
  const lapses = () => cache.takeTrace().filter((line) => line.startsWith("transaction"));
  t.deepEqual(lapses(), ["transaction lapsed tag:a~", "transaction overdue tag:a~"]);
  cache.backend.heal();
  gate.resolve();
  await done;
});

test("a hold that can't be ended after the commit does no harm while it exists, and otherwise the transaction says that it has committed", async (t) => {
  const cache = createCache(t);
  const hold = { tags: ["a"], cache: cache.name };
  cache.backend.fail("endHolds");
  t.is(await transactional(() => 1, { hold }), 1);
  t.deepEqual(cache.takeTrace().slice(-2), ["transaction left-held tag:a~", "invalidate tag a"]);
  cache.backend.fail("holdKeys");
  cache.backend.heal("holdKeys");
  const late = transactional(
    async () => {
      cache.backend.fail("holdKeys");
      cache.backend.fail("delete");
      await cache.clock.advance(5_001);
    },
    { hold },
  );
  const error = await t.throwsAsync(late, { instanceOf: BackendError, message: /HAS COMMITTED/ });
  t.true(error.committed);
  cache.backend.heal();
});

test("after an unknown outcome holds are left to run out, because the COMMIT may still be carried out", async (t) => {
  const cache = createCache(t);
  const f = cache.count({ tags }, async (id: number) => id);
  const lost = Object.assign(new Error("read"), { code: "ECONNRESET" });
  const failing = transactional(
    async () => {
      await cache.invalidateTag("other:1");
      throw lost;
    },
    { hold: { tags: ["user:1"], cache: cache.name } },
  );
  t.is(await t.throwsAsync(failing), lost);
  t.deepEqual(cache.backend.takeTrace(), ["holdKeys", "delete"]);
  await f(1);
  await f(1);
  t.is(f.loads.length, 2);
  await cache.clock.advance(5_000);
  await f(1);
  await f(1);
  t.is(f.loads.length, 3);
});

test("the hold of a transaction that does not end runs out after `overdue`", async (t) => {
  const cache = createCache(t);
  const gate = deferred();
  const done = transactional(() => gate.promise, {
    overdue: "20s",
    hold: { keys: ["f|1"], cache: cache.name },
  });
  await settled();
  for (let i = 0; i < 20; i++) {
    await cache.clock.advance(1_500);
    await settled();
  }
  t.deepEqual(cache.takeTrace(), ["transaction overdue f|1"]);
  t.is(await cache.peek("f|1"), null);
  gate.resolve();
  await done;
  t.deepEqual(cache.takeTrace(), ["transaction lapsed f|1"]);
});

test("a hold that is taken after the end of its transaction is ended at once, and is an event", async (t) => {
  const cache = createCache(t);
  const gate = cache.backend.hold("holdKeys");
  let floating: Promise<void> | undefined;
  await transactional(() => {
    floating = hold({ tags: ["a"], cache: cache.name });
  });
  gate.release();
  await floating;
  t.deepEqual(cache.takeTrace(), ["transaction late tag:a~"]);
  t.is(await cache.peek("tag:a~"), null);
});

test("each cache has a hold of its own", async (t) => {
  const [one, other] = [createCache(t), createCache(t)];
  other.backend.failNext("holdKeys");
  const holds = [one, other].map(({ name }) => ({ tags: ["a"], cache: name }));
  await t.throwsAsync(
    transactional(() => {}, { hold: holds }),
    { instanceOf: BackendError },
  );
  t.is(await one.peek("tag:a~"), null, "what was held before is given back");
  await transactional(() => {}, { hold: holds });
  await other.idle();
  for (const { backend } of [one, other]) t.is(backend.takeTrace().at(-1), "endHolds");
});

test("impossible holds are refused before anything is done", async (t) => {
  const cache = createCache(t, { namespace: "shop" });
  const refused = (options: unknown): Promise<Error | undefined> =>
    t.throwsAsync(
      transactional(() => t.fail(), { hold: options as never }),
      { instanceOf: ConfigError },
    );
  const message = async (options: object): Promise<string | undefined> =>
    (await refused({ cache: cache.name, ...options }))?.message;
  t.regex((await message({})) ?? "", /^hold needs at least one tag or key/);
  t.regex((await message({ tags: [], keys: [] })) ?? "", /^hold needs at least one tag or key/);
  t.is(
    await message({ tags: "user:1" }),
    '"tags" must be a list of strings of at least one character, but got: "user:1".',
  );
  t.regex((await message({ tags: [""] })) ?? "", /^"tags" must be a list/);
  t.regex((await message({ keys: [1] })) ?? "", /^"keys" must be a list/);
  t.regex(
    (await message({ keys: ["shop:tag:a~"] })) ?? "",
    /ends as the name of a tag's version does.*keysOf/,
  );
  t.regex(
    (await message({ keys: ["f|1"] })) ?? "",
    /does not begin with the cache's namespace, shop:/,
  );
  t.is(await message({ tag: ["a"] }), 'hold has no option "tag". Did you mean "tags"?');
  t.regex(
    (await message({ tags: ["a"], lease: "5" })) ?? "",
    /^"lease" must be a duration with a unit/,
  );
  t.regex(
    (await message({ tags: ["a"], lease: "2h" })) ?? "",
    /^"lease" of a hold must be at most "1h".*"2h"/,
  );
  t.is(
    await message({ tags: ["a"], onOutage: "flush" }),
    '"onOutage" must be "reject" or "proceed", but got: "flush".',
  );
  t.regex((await refused("user:1"))?.message ?? "", /^hold takes an object/);
  t.regex(
    (await refused({ tags: ["a"], cache: "none" }))?.message ?? "",
    /There is no cache named "none"/,
  );
  t.deepEqual(cache.backend.calls, []);
  const outsideError = await t.throwsAsync(hold({ tags: ["a"], cache: cache.name }), {
    instanceOf: ConfigError,
  });
  t.regex(outsideError.message, /^hold must be called inside a transaction/);
});

test("a backend without holds is refused by name", async (t) => {
  const inner = new MemoryBackend();
  const own = Object.fromEntries(
    backendMethods.map((name) => [name, (inner[name] as Function).bind(inner)]),
  );
  const cache = createCache(t, {
    inner: { name: "own", remote: false, ...own } as unknown as Backend,
  });
  const error = await t.throwsAsync(
    transactional(() => {}, { hold: { tags: ["a"], cache: cache.name } }),
    { instanceOf: ConfigError },
  );
  t.regex(error.message, /^The backend "store" has no holds: it lacks holdKeys and endHolds/);
});
