import test, { type ExecutionContext } from "ava";
import { type Backend, mostKeysPerRead } from "../../../runtime/backends/backend";
import { MemoryBackend } from "../../../runtime/backends/memory-backend";
import { BackendError } from "../../../runtime/errors";
import { FakeClock } from "../../../runtime/testing/fake-clock";
import type { Operation } from "../../../runtime/testing/faulty-backend";
import { createCache, settled } from "../../support/cache";
import { template } from "../../support/templates";

/**
 * A large batch goes to the store in pieces. One of them is late: the store carries it out, and its
 * answer comes after the deadline. The consequences must be limited to the keys of that piece.
 */

const count = 5_000;
const ids = Array.from({ length: count }, (_, id) => id);
const deadlineMs = 100;
const tag = template(["row:", ""], (id: unknown) => [id]);
const lateId = 2_500;

interface Stall {
  /**
   * The next command of this kind that names a key of `lateId` is answered when `answer` is called.
   */
  stall(operation: Operation): void;
  answer(): void;
  /** The number of keys that the late command had, or 0 if there was none. */
  readonly lateKeys: number;
}

function stalling(clock: FakeClock): Backend & Stall {
  const inner = new MemoryBackend({ clock, maxEntries: 50_000 });
  let stalled: Operation | null = null;
  let answerLate = (): void => {};
  const state = { lateKeys: 0 };
  const call = async <T>(
    operation: Operation,
    keys: readonly string[],
    start: () => Promise<T>,
  ): Promise<T> => {
    const isLate =
      stalled === operation &&
      keys.some((key) => key === `f|${lateId}` || key === `tag:row:${lateId}~`);
    const answer = await start();
    if (!isLate) return answer;
    stalled = null;
    state.lateKeys = keys.length;
    await new Promise<void>((resolve) => (answerLate = resolve));
    return answer;
  };
  const keysOf = (requests: readonly { key: string }[]): string[] => requests.map(({ key }) => key);
  return {
    name: "store",
    remote: true,
    keysPerRead: mostKeysPerRead,
    read: (keys) => call("read", keys, () => inner.read(keys)),
    acquire: (requests) => call("acquire", keysOf(requests), () => inner.acquire(requests)),
    renew: (requests) => call("renew", keysOf(requests), () => inner.renew(requests)),
    write: (requests) => call("write", keysOf(requests), () => inner.write(requests)),
    release: (requests) => call("release", keysOf(requests), () => inner.release(requests)),
    delete: (keys) => call("delete", keys, () => inner.delete(keys)),
    ensureVersions: (requests) =>
      call("ensureVersions", keysOf(requests), () => inner.ensureVersions(requests)),
    time: () => inner.time(),
    stall: (operation) => void (stalled = operation),
    answer: () => answerLate(),
    get lateKeys() {
      return state.lateKeys;
    },
  };
}

function createRows(t: ExecutionContext, plan: object = {}) {
  const clock = new FakeClock();
  const store = stalling(clock);
  const cache = createCache(t, {
    inner: store,
    remote: true,
    clock,
    deadline: `${deadlineMs}ms`,
    lease: "5s",
  });
  let version = 0;
  let work = async (): Promise<void> => {};
  const rows = cache.count({ batch: "array", tags: [tag], ...plan }, async (some: number[]) => {
    await work();
    return some.map((id) => `${id} of ${version}`);
  });
  return {
    ...{ cache, store, rows },
    change: () => void version++,
    /** The loader does this before it returns. */
    loadSlowly: (how: () => Promise<void>) => void (work = how),
    /** Time passes while a command is late. */
    async past<T>(call: Promise<T>): Promise<T> {
      call.catch(() => {});
      await cache.clock.advance(deadlineMs);
      await cache.clock.advance(deadlineMs);
      return call;
    },
    async atRest(): Promise<void> {
      store.answer();
      await settled();
      await cache.idle();
    },
    expected: (some: readonly number[]) => some.map((id) => `${id} of ${version}`),
  };
}

for (const operation of ["read", "acquire", "ensureVersions", "write"] as const) {
  test(`one late ${operation} of a large batch: everything that belongs to other pieces is stored`, async (t) => {
    const { cache, store, rows, past, atRest, expected } = createRows(t);
    store.stall(operation);
    t.deepEqual(await past(rows(ids)), expected(ids));
    t.deepEqual(
      rows.loads.map(([some]) => some.length),
      [count],
      "the loader runs once for all",
    );
    t.true(store.lateKeys > 1 && store.lateKeys <= 512);
    await atRest();
    await atRest();
    const faults = cache.events.flatMap((event) => (event.type === "fault" ? event : []));
    t.deepEqual(
      faults.map((fault) => [fault.operation, fault.keys.length]),
      [[operation, store.lateKeys]],
    );
    t.deepEqual(await rows(ids), expected(ids));
    // A write whose answer is late has been carried out.
    const again = rows.loads[1]?.[0] ?? [];
    t.is(again.includes(lateId), operation !== "write");
    t.true(
      again.length <= store.lateKeys,
      `${again.length} of ${store.lateKeys} were loaded again`,
    );
    await cache.idle();
    t.deepEqual(await rows(ids), expected(ids));
    t.is(
      rows.loads.length,
      operation === "write" ? 1 : 2,
      "nothing keeps them from being stored the second time",
    );
  });
}

test("one late read if everything is stored: the loader runs for its keys alone, and other callers of the tick have hits", async (t) => {
  const { cache, store, rows, past, atRest, expected } = createRows(t);
  await rows(ids);
  await cache.idle();
  store.stall("read");
  const [all, others] = await past(Promise.all([rows(ids), rows([1, 2, 4_999])]));
  t.deepEqual(all, expected(ids));
  t.deepEqual(others, expected([1, 2, 4_999]));
  t.is(rows.loads.length, 2);
  const [loaded] = rows.loads[1] as [number[]];
  t.true(loaded.includes(lateId) && loaded.length === store.lateKeys);
  await atRest();
});

for (const operation of ["acquire", "ensureVersions", "write"] as const) {
  test(`one late ${operation} of a large refresh: nothing old is left, and the other pieces are stored`, async (t) => {
    const { cache, store, rows, change, past, atRest, expected } = createRows(t);
    await rows(ids);
    await cache.idle();
    change();
    store.stall(operation);
    t.deepEqual(await past(rows.refresh(ids)), expected(ids));
    await atRest();
    t.deepEqual(await rows(ids), expected(ids));
    const again = rows.loads[2]?.[0] ?? [];
    t.is(rows.loads.length, again.length > 0 ? 3 : 2);
    t.true(again.length <= store.lateKeys);
  });
}

test("one late piece of a large invalidation: it rejects with that piece's keys, and the others have ended", async (t) => {
  const { cache, store, rows, change, past, atRest, expected } = createRows(t);
  await rows(ids);
  await cache.idle();
  change();
  store.stall("delete");
  const error = await t.throwsAsync(past(rows.invalidate(ids)), { instanceOf: BackendError });
  t.true(error.keys.includes(`f|${lateId}`));
  t.is(error.keys.length, store.lateKeys);
  await atRest();
  t.deepEqual(await rows(ids), expected(ids));
});

test("one late renewal of a large batch: the leases of the other pieces are renewed, and in the end everything is stored", async (t) => {
  const { cache, store, rows, loadSlowly, atRest, expected } = createRows(t);
  loadSlowly(() => cache.clock.advance(12_000));
  store.stall("renew");
  t.deepEqual(await rows(ids), expected(ids));
  t.true(store.lateKeys > 1 && store.lateKeys <= 512);
  await atRest();
  t.deepEqual(await rows(ids), expected(ids));
  t.is(rows.loads.length, 1);
});

test("one late release of a large batch whose loader fails: the others may load at once", async (t) => {
  const { cache, store, rows, loadSlowly, past, atRest, expected } = createRows(t);
  loadSlowly(() => Promise.reject(new Error("no database")));
  store.stall("release");
  await t.throwsAsync(past(rows(ids)), { message: "no database" });
  await atRest();
  loadSlowly(async () => {});
  t.deepEqual(await rows(ids), expected(ids));
  await cache.idle();
  t.deepEqual(await rows(ids), expected(ids));
  t.is(rows.loads.length, 2);
});

test("one late read of the versions of result tags: the values of the other pieces are stored", async (t) => {
  const ofResult = template(["row:", ""], (value) => [String(value).split(" ")[0]]);
  const { store, rows, past, atRest, expected } = createRows(t, {
    tags: undefined,
    resultTags: [ofResult],
  });
  store.stall("ensureVersions");
  t.deepEqual(await past(rows(ids)), expected(ids));
  t.true(store.lateKeys > 1 && store.lateKeys <= 512);
  await atRest();
  t.deepEqual(await rows(ids), expected(ids));
  const [again] = rows.loads[1] as [number[]];
  t.true(again.includes(lateId) && again.length <= store.lateKeys);
});
