import test, { type ExecutionContext } from "ava";
import { RedisBackend } from "../../../runtime/backends/redis/redis-backend";
import { createCache, type TestCache } from "../../support/cache";
import { type RedisServer, startRedis } from "../../support/redis";
import { keyOver } from "../../support/templates";

/**
 * A value that is stored under a key was loaded for that key, even if the caller changes its
 * arguments in the meantime.
 */

let server: RedisServer;
test.before(async () => (server = await startRedis()));
test.after.always(() => server?.stop());

function createOn(t: ExecutionContext, store: string): TestCache {
  if (store === "memory") return createCache(t);
  const inner = new RedisBackend(server.client({ keyPrefix: `${t.title}:` }));
  return createCache(t, { inner, remote: true, deadline: "1h" });
}

const kinds: [
  what: string,
  make: () => object,
  change: (arg: any) => void,
  read: (arg: any) => unknown,
][] = [
  ["an object", () => ({ page: 1 }), (q) => q.page++, (q) => q.page],
  ["an array", () => [1], (a) => a.push(2), (a) => a.length],
  ["a nested object", () => ({ in: { page: 1 } }), (q) => q.in.page++, (q) => q.in.page],
  ["a Date", () => new Date(1), (d) => d.setTime(2), (d) => d.getTime()],
  ["a Set", () => new Set([1]), (s) => s.add(2), (s) => s.size],
];

for (const store of ["memory", "redis"]) {
  for (const [what, make, change, read] of kinds) {
    test(`${store}: ${what} that changes after the call stores nothing under the key it had`, async (t) => {
      const cache = createOn(t, store);
      const f = cache.wrap({}, async (arg: object) => read(arg));
      const arg = make();
      const call = f(arg);
      change(arg);
      await call;
      await cache.idle();
      t.is(await f(make()), read(make()));
      t.true(
        cache.events.some((event) => event.type === "unusable"),
        "which is an event",
      );
    });

    test(`${store}: ${what} that changes while a stale entry is loaded again`, async (t) => {
      const cache = createOn(t, store);
      const f = cache.wrap({ ttlMs: 1, staleMs: 60_000 }, async (arg: object) => read(arg));
      await f(make());
      await cache.idle();
      await cache.clock.advance(5);
      const arg = make();
      await f(arg);
      change(arg);
      await cache.idle();
      t.is(await f(make()), read(make()));
    });

    test(`${store}: ${what} that changes while it is refreshed invalidates the entry`, async (t) => {
      const cache = createOn(t, store);
      const f = cache.wrap({}, async (arg: object) => read(arg));
      await f(make());
      await cache.idle();
      const arg = make();
      const refresh = f.refresh(arg);
      change(arg);
      await refresh;
      t.is(await f(make()), read(make()));
    });
  }

  test(`${store}: callers that joined under the key that the arguments had load for themselves`, async (t) => {
    const cache = createOn(t, store);
    const f = cache.wrap({}, async (q: { page: number }) => q.page);
    const q = { page: 1 };
    const first = f(q);
    const second = f({ page: 1 });
    q.page = 2;
    t.is(await second, 1);
    await first;
    await cache.idle();
    t.is(await f({ page: 1 }), 1);
    t.is(await f({ page: 2 }), 2);
  });

  test(`${store}: a receiver that changes`, async (t) => {
    const cache = createOn(t, store);
    const key = keyOver(function (this: unknown, id: unknown) {
      return [(this as { tenant: string }).tenant, id];
    });
    const f = cache.wrap({ key, receiver: true }, async function (
      this: { tenant: string },
      id: number,
    ) {
      return `${this.tenant} ${id}`;
    } as never) as (this: object, id: number) => Promise<string>;
    const self = { tenant: "a" };
    const call = f.call(self, 1);
    self.tenant = "b";
    await call;
    await cache.idle();
    t.is(await f.call({ tenant: "a" }, 1), "a 1");
  });

  test(`${store}: a batch's list that is sorted meanwhile, cold and on hits`, async (t) => {
    const cache = createOn(t, store);
    const users = cache.wrap(
      { batch: "array", key: keyOver((id: unknown) => [id]) },
      async (ids: number[]) => ids.map((id) => ({ id })),
    );
    for (let i = 0; i < 2; i++) {
      const ids = [3, 1, 2];
      const call = users(ids);
      ids.sort();
      ids.push(9);
      t.deepEqual(await call, [{ id: 3 }, { id: 1 }, { id: 2 }]);
      await cache.idle();
    }
  });

  test(`${store}: a batch with an id twice gives each place a value of its own`, async (t) => {
    const cache = createOn(t, store);
    const users = cache.wrap(
      { batch: "array", key: keyOver((id: unknown) => [id]) },
      async (ids: number[]) => ids.map((id) => ({ id })),
    );
    for (const call of [() => users([1, 2, 1]), () => users([1, 1]), () => users.refresh([1, 1])]) {
      const rows = await call();
      (rows[0] as { id: number }).id = 7;
      t.is(rows.at(-1)?.id, 1);
      await cache.idle();
    }
  });

  test(`${store}: a Map whose keys are the ids by their keys, or not at all`, async (t) => {
    const cache = createOn(t, store);
    class ObjectId {
      constructor(readonly hex: string) {}
      toJSON(): string {
        return this.hex;
      }
    }
    const plan = {
      batch: "map",
      key: keyOver((id: { hex: string } | string | number) => [
        typeof id === "object" ? id.hex : id,
      ]),
    } as const;
    const equal = cache.wrap(
      { ...plan, name: "equal" },
      async (ids: ObjectId[]) => new Map(ids.map(({ hex }) => [new ObjectId(hex), { hex }])),
    );
    const one = new ObjectId("a");
    t.deepEqual((await equal([one])).get(one as never), { hex: "a" });
    const other = cache.wrap(
      { ...plan, name: "other" },
      async (ids: number[]) => new Map<unknown, unknown>(ids.map((id) => [String(id), { id }])),
    );
    await t.throwsAsync(other([1, 2]) as Promise<unknown>, {
      code: "ZCACHE_BATCH",
      message: /has none of the ids/,
    });
    const empty = cache.wrap({ ...plan, name: "empty" }, async (_: number[]) => new Map());
    t.is((await empty([1])).size, 0);
  });

  test(`${store}: a caller that aborts during the read starts no loader`, async (t) => {
    const cache = createOn(t, store);
    const f = cache.count(
      { signal: 1, key: keyOver((id: unknown) => [id]) },
      async (id: number, _: AbortSignal) => id,
    );
    const controller = new AbortController();
    const call = f(1, controller.signal);
    controller.abort(new Error("gone"));
    await t.throwsAsync(call, { message: "gone" });
    await cache.idle();
    t.is(f.loads.length, 0);
    const batch = cache.count(
      { batch: "array", signal: 1, name: "b", key: keyOver((id: unknown) => [id]) },
      async (ids: number[], _: AbortSignal) => ids,
    );
    const second = new AbortController();
    const many = batch([1, 2], second.signal);
    second.abort(new Error("gone"));
    await t.throwsAsync(many, { message: "gone" });
    await cache.idle();
    t.is(batch.loads.length, 0);
  });

  test.serial(`${store}: many misses that wait for one signal don't leak listeners`, async (t) => {
    const cache = createOn(t, store);
    const warnings: Error[] = [];
    const listen = (warning: Error): void =>
      void (/MaxListeners/.test(warning.name) && warnings.push(warning));
    process.on("warning", listen);
    const f = cache.wrap(
      { signal: 1, key: keyOver((id: unknown) => [id]) },
      async (id: number, _: AbortSignal) => id,
    );
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 40 }, (_, id) => f(id, signal)));
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", listen);
    t.deepEqual(warnings, []);
  });
}
