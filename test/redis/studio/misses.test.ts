import test from "ava";
import {
  hold,
  idle,
  invalidateTag,
  MemoryBackend,
  RedisBackend,
  transactional,
  type Options,
} from "../../../runtime";
import { type Backend } from "../../../runtime/backends/backend";
import { randomId } from "../../../runtime/entry/id";
import type { MissReport } from "../../../runtime/studio/report";
import { FakeClock } from "../../../runtime/testing/fake-clock";
import { FaultyBackend } from "../../../runtime/testing/faulty-backend";
import { deferred, settled } from "../../support/cache";
import { type RedisServer, startRedis } from "../../support/redis";
import { template } from "../../support/templates";
import { functionOf, observe, type Observed } from "../../support/observed";

let server: RedisServer;
test.before(async () => (server = await startRedis()));
test.after.always(() => server?.stop());

let prefixes = 0;

/**
 * The reasons are the same whatever the store is. A caller doesn't wait until its value is stored,
 * and the next one may find the lease, so a test that needs the entry waits until all is idle.
 */
const stores: Record<string, (clock: FakeClock) => Backend> = {
  memory: (clock) => new MemoryBackend({ clock }),
  redis: () => new RedisBackend(server.client({ keyPrefix: `misses ${++prefixes}:` })),
};

async function put(backend: Backend, key: string, bytes: Buffer): Promise<void> {
  const token = randomId();
  await backend.delete([key]);
  await backend.acquire([{ key, token, leaseMs: 60_000, seenId: null, force: true }]);
  await backend.write([{ key, token, bytes, ttlMs: 60_000, versionKeys: [] }]);
}

async function lastMisses(
  { next }: Observed,
  count: number,
): Promise<Pick<MissReport, "key" | "reason" | "tag">[]> {
  const { misses } = await next();
  return misses.slice(-count).map(({ key, reason, tag }) => ({ key, reason, tag }));
}

for (const [name, create] of Object.entries(stores)) {
  const open = (t: Parameters<typeof observe>[0], options: Options = {}) => {
    const clock = (options.clock as FakeClock | undefined) ?? new FakeClock();
    const backend = create(clock);
    const observed = observe(t, { deadline: "1h", ...options, clock, backend });
    return { ...observed, observed, backend };
  };

  test.serial(`${name}: nothing was there`, async (t) => {
    const { wrap, observed } = open(t);
    const f = wrap({}, async (id: number) => id);
    await f(1);
    t.deepEqual(await lastMisses(observed, 1), [{ key: "f|1", reason: "absent", tag: null }]);
  });

  test.serial(`${name}: a tag was invalidated, and it is named`, async (t) => {
    const { wrap, observed } = open(t, { namespace: "shop" });
    const tags = [
      template(["list:", ""], () => ["all"]),
      template(["user:", ""], (id: unknown) => [id]),
    ];
    const f = wrap({ tags }, async (id: number) => ({ id }));
    await f(1);
    await idle();
    await invalidateTag("user:1");
    await f(1);
    await idle();
    t.deepEqual(await lastMisses(observed, 1), [{ key: "shop:f|1", reason: "tag", tag: "user:1" }]);
    await invalidateTag("list:all");
    await f(1);
    t.deepEqual(await lastMisses(observed, 1), [
      { key: "shop:f|1", reason: "tag", tag: "list:all" },
    ]);
  });

  test.serial(`${name}: a tag that the result names was invalidated`, async (t) => {
    const { wrap, observed } = open(t);
    const resultTags = [
      template(["by:", ""], (result: unknown) => [(result as { by: string }).by]),
    ];
    const f = wrap({ resultTags }, async (id: number) => ({ id, by: "Anna" }));
    await f(1);
    await idle();
    await invalidateTag("by:Anna");
    await f(1);
    t.deepEqual(await lastMisses(observed, 1), [{ key: "f|1", reason: "tag", tag: "by:Anna" }]);
  });

  test.serial(`${name}: it is there, but too old`, async (t) => {
    const { wrap, observed, clock } = open(t);
    const f = wrap({ ttlMs: 1_000, staleIfErrorMs: 60_000 }, async (id: number) => ({ id }));
    await f(1);
    await idle();
    await clock.advance(1_500);
    await f(1);
    t.deepEqual(await lastMisses(observed, 1), [{ key: "f|1", reason: "expired", tag: null }]);
  });

  test.serial(`${name}: another caller has the lease`, async (t) => {
    const { wrap, observed, backend, clock } = open(t);
    const f = wrap({}, async (id: number) => id);
    const token = randomId();
    await backend.acquire([{ key: "f|1", token, leaseMs: 60_000, seenId: null, force: false }]);
    const call = f(1);
    for (let i = 0; i < 50; i++) await settled();
    t.deepEqual(await lastMisses(observed, 1), [{ key: "f|1", reason: "leased", tag: null }]);
    await backend.release([{ key: "f|1", token }]);
    for (let i = 0; i < 20; i++) {
      await clock.advance(500);
      await settled();
    }
    t.is(await call, 1);
  });

  test.serial(`${name}: a transaction writes it`, async (t) => {
    const { wrap, observed } = open(t, { clock: new FakeClock(Date.now()) });
    const f = wrap({}, async (id: number) => id);
    await f(1);
    await idle();
    const gate = deferred();
    const held = deferred();
    const transaction = transactional(async () => {
      await hold({ keys: ["f|1"] });
      held.resolve();
      await gate.promise;
    });
    await held.promise;
    await f(1);
    t.deepEqual(await lastMisses(observed, 1), [{ key: "f|1", reason: "held", tag: null }]);
    gate.resolve();
    await transaction;
  });

  test.serial(`${name}: its bytes can't be read`, async (t) => {
    const { wrap, observed, backend } = open(t);
    const f = wrap({}, async (id: number) => ({ id }));
    await put(backend, "f|1", Buffer.from("{not json"));
    await f(1);
    await put(backend, "f|2", Buffer.from([0x00, 0x7a, 0x63, 0xff, 0xff]));
    await f(2);
    t.deepEqual(
      (await lastMisses(observed, 2)).map(({ key, reason }) => [key, reason]),
      [
        ["f|1", "unreadable"],
        ["f|2", "unreadable"],
      ],
    );
  });

  test.serial(`${name}: the store could not be asked`, async (t) => {
    const clock = new FakeClock();
    const backend = new FaultyBackend(create(clock), { remote: true });
    const observed = observe(t, { clock, backend });
    const f = observed.wrap({}, async (id: number) => id);
    backend.failNext("read");
    await f(1);
    await f(1);
    t.deepEqual(await lastMisses(observed, 2), [
      { key: "f|1", reason: "unreachable", tag: null },
      { key: "f|1", reason: "absent", tag: null },
    ]);
    t.deepEqual(functionOf(await observed.next()).missReasons, { unreachable: 1, absent: 1 });
  });
}

test.serial("a miss says what this process has seen of the key", async (t) => {
  const { wrap, next, clock } = observe(t);
  const tags = [template(["user:", ""], (id: unknown) => [id])];
  const f = wrap({ ttlMs: 10_000 }, async (id: number) => ({ id }));
  const g = wrap({ name: "g", tags }, async (id: number) => ({ id }));
  const detail = async (): Promise<string | null | undefined> =>
    (await next()).misses.at(-1)?.detail;
  await f(1);
  t.is(await detail(), "this process has not stored it, as far as it remembers");
  await clock.advance(1_100);
  await f.invalidate(1);
  await clock.advance(2_100);
  await f(1);
  t.is(await detail(), "this process invalidated it 2.1 s before");
  await clock.advance(12_000);
  await f(1);
  t.is(await detail(), "stored 13 s before for 10 s: its time to live had ended");
  await g(1);
  await invalidateTag("user:1");
  await clock.advance(350);
  await g(1);
  t.is(await detail(), "this process invalidated the tag 350 ms before");
});

test.serial("a miss says that another process has removed what this one stored", async (t) => {
  const clock = new FakeClock();
  const backend = new MemoryBackend({ clock });
  const { wrap, next } = observe(t, { clock, backend });
  const tags = [template(["user:", ""], (id: unknown) => [id])];
  const f = wrap({}, async (id: number) => ({ id }));
  const g = wrap({ name: "g", tags }, async (id: number) => ({ id }));
  await f(1);
  await g(1);
  await clock.advance(5_000);
  await backend.delete(["f|1", "tag:user:1~"]);
  await f(1);
  await g(1);
  t.deepEqual(
    (await next()).misses.slice(-2).map(({ detail }) => detail),
    [
      "stored 5.0 s before for 1 h: another process invalidated it, or the store evicted it",
      "another process invalidated the tag, or the store has lost its version",
    ],
  );
});

test.serial("the last misses are reported, however many there were", async (t) => {
  const { wrap, next } = observe(t);
  const f = wrap({}, async (id: number) => id);
  for (let i = 0; i < 250; i++) await f(i);
  const { misses } = await next();
  t.deepEqual((await next()).misses, []);
  t.is(misses.length, 100);
  t.is(misses[0]?.key, "f|150");
  t.is(misses.at(-1)?.key, "f|249");
});
