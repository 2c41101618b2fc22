import { AsyncLocalStorage } from "node:async_hooks";
import test, { type ExecutionContext } from "ava";
import type { Backend } from "../../../runtime/backends/backend";
import { wrap } from "../../../runtime/calls/cached-function";
import { cacheNamed, configure, type Options } from "../../../runtime/cache/configure";
import { MemoryBackend } from "../../../runtime/backends/memory-backend";
import type { Plan } from "../../../runtime/plan";
import { WriteQueue } from "../../../runtime/backends/outbox";
import { RedisBackend } from "../../../runtime/backends/redis/redis-backend";
import { FakeClock } from "../../../runtime/testing/fake-clock";
import { FaultyBackend } from "../../../runtime/testing/faulty-backend";
import { TieredBackend } from "../../../runtime/backends/tiered/tiered-backend";
import { withCache } from "../../../runtime/calls/with-cache";
import { createCache, settled } from "../../support/cache";
import { type RedisServer, startRedis, until } from "../../support/redis";
import { type AnyClient, libraries } from "../../support/redis-clients";
import { keyOver, template } from "../../support/templates";

/**
 * All code of the user that runs because of a call runs in the async context of that call,
 * whichever other callers ask for something in the same tick. Each caller here has a context of its
 * own, and asks for an id of its own.
 */

const caller = new AsyncLocalStorage<number>();
let server: RedisServer;
const others = libraries.filter(({ name }) =>
  ["iovalkey", "node-redis 5 (RESP2)", "node-redis 6 (RESP3)"].includes(name),
);
const opened: AnyClient[] = [];
const backends: Record<string, Backend> = {};

test.before(async () => {
  server = await startRedis();
  backends["memory"] = new MemoryBackend();
  backends["memory behind the guard"] = new FaultyBackend(new MemoryBackend(), { remote: true });
  backends["redis"] = new RedisBackend(server.client());
  for (const library of others) {
    const client = await library.connect(server.port);
    opened.push(client);
    backends[library.name] = new RedisBackend(client.client);
  }
  const tier = new TieredBackend(new MemoryBackend(), new RedisBackend(server.client()), {
    maxLag: "20s",
  });
  await until("the tier is live", async () => tier.state === "live");
  backends["tiered"] = tier;
});

test.after.always(async () => {
  for (const client of opened) client.destroy();
  await server?.stop();
});

/**
 * Creates a cache whose listener and whose functions record each time that code of the user runs
 * for another caller.
 */
function createWorld(
  t: ExecutionContext,
  backend: string,
  { isHeard = true, ...options }: Options & { isHeard?: boolean } = {},
) {
  const name = `${t.title} ${backend}`;
  const wrong: string[] = [];
  let runs = 0;
  const check = (what: string, id: unknown): void => {
    runs++;
    const actual = caller.getStore();
    if (actual !== Number(id)) wrong.push(`${what} of ${String(id)} in the context of ${actual}`);
  };
  configure(name, {
    backend: backends[backend] as Backend,
    namespace: name,
    deadline: "10s",
    jitter: 0,
    ...(isHeard && {
      onEvent(event) {
        if ("key" in event) check(event.type, event.key.split("|")[1]);
      },
    }),
    codecs: {
      watched: {
        encode: (value) => (check("encode", (value as Row).id), JSON.stringify(value)),
        decode(payload) {
          const row = JSON.parse(payload.toString()) as Row;
          check("decode", row.id);
          return row;
        },
      },
    },
    ...options,
  });
  t.teardown(() => cacheNamed(name).idle());
  return {
    wrong,
    runs: () => runs,
    wrap(plan: Partial<Plan>, more = false) {
      const whole: Plan = {
        name: "f",
        cache: name,
        key: keyOver((id: unknown) => [id]),
        when: (row) => (check("when", (row as Row).id), true),
        ttl: (row) => (check("ttl", (row as Row).id), `${(row as Row).ms}ms`),
        ...(more && {
          resultTags: [
            template(["row:", ""], (row) => (check("tag", (row as Row).id), [(row as Row).id])),
          ],
        }),
        ...plan,
      };
      return wrap(() => whole, (async (id: number) => {
        check("loader", id);
        await null;
        check("loader, after an await,", id);
        return { id, of: caller.getStore(), ms: plan.staleMs ? 1 : 60_000 };
      }) as never) as unknown as (id: number) => Promise<Row>;
    },
  };
}

interface Row {
  readonly id: number;
  readonly of: number | undefined;
  readonly ms: number;
}

const count = 256;
const ids = Array.from({ length: count }, (_, i) => i);

function callAll(f: (id: number) => Promise<Row>, some: readonly number[] = ids): Promise<Row[]> {
  return Promise.all(some.map((id) => caller.run(id, () => f(id))));
}

const plans: [what: string, plan: Partial<Plan>, more?: boolean][] = [
  ["plain", {}],
  ["with a codec of the user's", { codec: "watched" }],
  ["with tags", { tags: [template(["of:", ""], (id: unknown) => [id])] }],
  ["with tags of the result", {}, true],
  ["served stale", { staleMs: 60_000, codec: "watched" }],
  ["loaded early", { early: 1e9 }],
  ["with a timeout", { timeoutMs: 60_000, codec: "watched" }],
  ["from memory", { memoryMs: 60_000, codec: "watched" }],
];

for (const backend of [
  "memory",
  "memory behind the guard",
  "redis",
  "tiered",
  ...others.map(({ name }) => name),
]) {
  for (const [what, plan, more] of plans) {
    for (const isHeard of [true, false]) {
      test(`${backend}, ${what}${isHeard ? "" : ", without a listener"}: each caller's own context`, async (t) => {
        const world = createWorld(t, backend, { isHeard });
        const f = world.wrap(plan, more);
        // Some of the calls are hits and others are misses, in one read.
        await callAll(
          f,
          ids.filter((id) => id % 3 === 0),
        );
        const rows = await callAll(f);
        await cacheNamed(`${t.title} ${backend}`).idle();
        t.deepEqual(
          rows.map(({ of }) => of),
          ids,
        );
        const runs = world.runs();
        const storedAt = Date.now();
        if (plan.staleMs)
          await until("the entries are stale", async () => Date.now() > storedAt + 2);
        const again = await callAll(f);
        t.deepEqual(
          again.map(({ of }) => of),
          ids,
        );
        await cacheNamed(`${t.title} ${backend}`).idle();
        t.deepEqual(world.wrong, []);
        t.true(runs >= count);
        await callAll(f, [7]);
        await cacheNamed(`${t.title} ${backend}`).idle();
        t.deepEqual(world.wrong, []);
      });
    }
  }

  test(`${backend}: a caller's withCache does not apply to another caller`, async (t) => {
    const world = createWorld(t, backend);
    const inner = world.wrap({ name: "inner" });
    const outer = world.wrap({});
    const plainCall = (): Promise<Row> => caller.run(2, () => outer(2));
    const only = withCache({ mode: "only" }, () => caller.run(1, () => inner(1)));
    const nested = caller.run(3, async () => {
      const row = await outer(3);
      return inner(row.id);
    });
    await t.throwsAsync(only, { code: "ZCACHE_MISS" });
    t.is((await plainCall()).of, 2);
    t.is((await nested).of, 3);
    const [, ordinary] = await Promise.allSettled([
      withCache({ mode: "only" }, () => inner(77)),
      caller.run(5, async () => (await outer(5), inner(5))),
    ]);
    t.is(ordinary.status, "fulfilled");
  });
}

test("after a deadline too, which another caller's timer notices", async (t) => {
  const clock = new FakeClock();
  const cache = createCache(t, { clock, remote: true, breakerFailures: 1_000 });
  const seen: [id: number, of: number | undefined][] = [];
  const f = cache.wrap({}, async (id: number) => (seen.push([id, caller.getStore()]), id));
  const faults: (number | undefined)[] = [];
  cache.configure({
    deadline: "100ms",
    onEvent: (event) => void (event.type === "fault" && faults.push(caller.getStore())),
  });
  cache.backend.hang("read");
  const first = caller.run(1, () => f(1));
  await settled();
  const second = Promise.all([2, 3].map((id) => caller.run(id, () => f(id))));
  await clock.advance(1_000);
  await Promise.all([first, second]);
  t.deepEqual(
    seen,
    [1, 2, 3].map((id) => [id, id]),
  );
  // A read for several callers is one command, and its fault is one event, in the context of the
  // first caller.
  t.deepEqual(faults.slice(0, 2), [1, 2]);
});

test("a write that waits for the reads of its tick is sent as its own caller", async (t) => {
  const queue = new WriteQueue((send) => send());
  const senders: (number | undefined)[] = [];
  const hold = (id: number): Promise<void> =>
    caller.run(id, () => queue.hold([`${id}`], async () => void senders.push(caller.getStore())));
  await Promise.all([1, 2, 3].map(hold));
  t.deepEqual(senders, [1, 2, 3]);
});
