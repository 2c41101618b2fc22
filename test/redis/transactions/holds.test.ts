import { keysOf, transactional } from "../../../runtime";
import { scopes } from "../../../runtime/transactions/scope";
import { deferred, settled } from "../../support/cache";
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
          // The reads are outside of the transaction's async context, as those of another process
          // are.
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

/** Runs the work in an async context that belongs to no caller. */
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
    // The process is dead, and renews nothing any more.
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
    // The next renewal is due when this one is answered.
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
