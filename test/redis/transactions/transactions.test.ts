import { CacheMissError, transactional, withCache } from "../../../runtime";
import { type createCache, deferred, settled } from "../../support/cache";
import { useStores } from "../../support/stores";
import { template } from "../../support/templates";

const onEachStore = useStores();
const tags = [template(["user:", ""], (id: unknown) => [id])];
const rolledBack = new Error("rolled back");

/** A row whose new value is visible to others only after its transaction has committed. */
class Row {
  committed = 0;
  uncommitted: number | null = null;
  commit(): void {
    this.committed = this.uncommitted ?? this.committed;
    this.uncommitted = null;
  }
}

onEachStore(
  "keys and tags that are invalidated in a transaction end when it has committed",
  async (t, create) => {
    const cache = create();
    const row = new Row();
    const byKey = cache.count({ name: "byKey" }, async (_id: number) => row.committed);
    const byTag = cache.count({ name: "byTag", tags }, async (_id: number) => row.committed);
    const refreshed = cache.count({ name: "refreshed" }, async (_id: number) => row.committed);
    const all = [byKey, byTag, refreshed];
    for (const f of all) t.is(await f(1), 0);
    const hasInvalidated = deferred();
    const mayCommit = deferred();
    const done = transactional(async () => {
      row.uncommitted = 1;
      await byKey.invalidate(1);
      await byTag.invalidateTag("user:1");
      await refreshed.refresh(1);
      hasInvalidated.resolve();
      await mayCommit.promise;
      row.commit();
      return "result";
    });
    await hasInvalidated.promise;
    for (const f of all) t.is(await f(1), 0, "the old value is the value until the commit");
    for (const f of all)
      t.is(f.loads.length, f === refreshed ? 2 : 1, "and it is a hit for others");
    mayCommit.resolve();
    t.is(await done, "result");
    for (const f of all) t.is(await f(1), 1);
  },
);

onEachStore("a transaction that is rolled back ends nothing", async (t, create) => {
  const cache = create();
  const f = cache.count({ tags }, async (id: number) => id);
  await f(1);
  const failing = transactional(async () => {
    await f.invalidate(1);
    await f.invalidateTag("user:1");
    throw rolledBack;
  });
  t.is(await t.throwsAsync(failing), rolledBack);
  await f(1);
  t.is(f.loads.length, 1);
});

onEachStore(
  "after an invalidation of its own a transaction reads what it has written, and stores nothing",
  async (t, create) => {
    const cache = create();
    const row = new Row();
    const load = async (id: number) => ({ id, n: row.uncommitted ?? row.committed });
    const byKey = cache.count({ name: "byKey" }, load);
    const byTag = cache.count({ name: "byTag", tags }, load);
    const resultTags = [
      {
        ...template(["by:", ""], (result: unknown) => [(result as { id: number }).id]),
        kind: "by",
      },
    ];
    const byResult = cache.count({ name: "byResult", resultTags }, load);
    const all = [byKey, byTag, byResult];
    for (const f of all) await f(1);
    await t.throwsAsync(
      transactional(async () => {
        row.uncommitted = 1;
        for (const f of all) t.is((await f(1)).n, 0, "what is stored may be read until then");
        await byKey.invalidate(1);
        await byTag.invalidateTag("user:1");
        await byResult.invalidateTag("by:1");
        for (const f of all) t.is((await f(1)).n, 1);
        for (const f of all)
          await t.throwsAsync(
            withCache({ mode: "only" }, () => f(1)),
            { instanceOf: CacheMissError },
          );
        row.uncommitted = null;
        throw rolledBack;
      }),
    );
    for (const f of all) t.is((await f(1)).n, 0);
    for (const f of all) t.is(f.loads.length, 2, "nobody else has seen what was not committed");
  },
);

onEachStore("nothing that is loaded in a transaction is stored or shared", async (t, create) => {
  const cache = create();
  const gate = deferred();
  const f = cache.count({}, async (id: number) => {
    await gate.promise;
    return id;
  });
  const whenLoading = async (count: number): Promise<void> => {
    while (f.loads.length < count) await settled();
  };
  const outside = f(1);
  await whenLoading(1);
  // The transaction joins no load of others …
  const inside = transactional(() => f(1));
  await whenLoading(2);
  // … and nobody joins its own.
  const inside2 = transactional(() => f(2));
  await whenLoading(3);
  const outside2 = f(2);
  await whenLoading(4);
  gate.resolve();
  t.deepEqual(await Promise.all([outside, inside, inside2, outside2]), [1, 1, 2, 2]);
  await transactional(() => f(3));
  t.is(await cache.peek("f|3"), null);
});

onEachStore("batches are judged id by id", async (t, create) => {
  const cache = create();
  const plan = { batch: "array" as const, tags };
  const f = cache.count(plan, async (ids: number[]) => ids.map((id) => id * 10));
  await f([1, 2, 3]);
  await transactional(async () => {
    await f.invalidate([2]);
    await f.invalidateTag("user:3");
    t.deepEqual(await f([1, 2, 3, 4, 2]), [10, 20, 30, 40, 20]);
    t.deepEqual(await f.refresh([1]), [10]);
  });
  t.deepEqual(f.loads, [[[1, 2, 3]], [[2, 3, 4]], [[1]]]);
  await f([1, 2, 3, 4]);
  t.deepEqual(f.loads[3], [[1, 2, 3, 4]], "all of them have ended, and 4 was not stored");
});

/**
 * This is the experiment of docs/transactions.md: 25 keys, each of which another caller reads
 * between the write and the commit.
 */
async function countStale(
  cache: ReturnType<typeof createCache>,
  operation: "invalidate" | "invalidateTag" | "refresh",
  run: (transaction: () => Promise<void>) => Promise<unknown>,
): Promise<number> {
  const ids = Array.from({ length: 25 }, (_, i) => i);
  const rows = ids.map(() => new Row());
  const f = cache.wrap(
    { name: operation, tags },
    async (id: number) => (rows[id] as Row).committed,
  );
  let stale = 0;
  for (const id of ids) {
    await f(id);
    const isWritten = deferred();
    const mayCommit = deferred();
    const done = run(async () => {
      const row = rows[id] as Row;
      row.uncommitted = 1;
      if (operation === "invalidateTag") await f.invalidateTag(`user:${id}`);
      else if (operation === "refresh") await f.refresh(id);
      else await f.invalidate(id);
      isWritten.resolve();
      await mayCommit.promise;
      row.commit();
    });
    await isWritten.promise;
    await f(id);
    mayCommit.resolve();
    await done;
    if ((await f(id)) !== 1) stale++;
  }
  return stale;
}

for (const operation of ["invalidate", "invalidateTag", "refresh"] as const)
  onEachStore(
    `${operation} in a transaction: 25 of 25 keys are stale without transactional, none with it`,
    async (t, create) => {
      t.is(await countStale(create(), operation, (transaction) => transaction()), 25);
      t.is(await countStale(create(), operation, transactional), 0);
    },
  );
