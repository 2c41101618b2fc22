import { AsyncLocalStorage } from "node:async_hooks";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { ConfigError, stats, verify } from "../../../runtime";
import type { Options } from "../../../runtime/cache/configure";
import type { DivergedEvent } from "../../../runtime/events";
import type { Plan } from "../../../runtime/plan";
import { createCache, deferred, settled, type TestCache } from "../../support/cache";
import { keyOver, template } from "../../support/templates";

/**
 * Some hits are verified: the loader also runs in the background, and if its result differs, and
 * still differs after a lag, an event says why. These tests contain each kind of mistake.
 */

const lagMs = 5_000;
/**
 * A difference is believed after this time: the lag, and the moment between the two runs after it.
 */
const believedMs = lagMs + lagMs / 10;
const tags = [template(["user:", ""], (id: unknown) => [id])];

const diverged = ({ events }: TestCache): DivergedEvent[] =>
  events.filter((event) => event.type === "diverged");
const verdicts = (cache: TestCache): string[] =>
  diverged(cache).map(({ verdict, path }) => `${verdict} ${path}`);

let functions = 0;
function createWorld(
  t: ExecutionContext,
  verifying: NonNullable<Options["verify"]> = 1,
  options: object = {},
) {
  const cache = createCache(t, { verify: verifying, ...options });
  const name = `verified ${++functions}`;
  return {
    cache,
    name,
    wrap<A extends unknown[], R>(plan: Partial<Plan>, loader: (...args: A) => Promise<R>) {
      return cache.count({ name, tags, ...plan }, loader);
    },
    own: () => stats().functions[name],
  };
}

test("a hit is compared with what the function returns, in the background", async (t) => {
  const { cache, wrap, own } = createWorld(t);
  const user = wrap({}, async (id: number) => ({ id, name: "old" }));
  await user(1);
  t.is(own()?.verified, 0);
  for (let i = 0; i < 5; i++) t.deepEqual(await user(1), { id: 1, name: "old" });
  await cache.clock.advance(lagMs);
  t.is(own()?.verified, 5);
  t.is(own()?.diverged, 0);
  t.is(own()?.hit, 5);
  t.is(own()?.load, 1);
  t.deepEqual(verdicts(cache), []);
});

test("a caller doesn't wait for the loader that verifies", async (t) => {
  const { wrap, own } = createWorld(t);
  const gate = deferred();
  let isHeld = false;
  const user = wrap({}, async (id: number) => {
    if (isHeld) await gate.promise;
    return id;
  });
  await user(1);
  isHeld = true;
  t.is(await user(1), 1);
  t.is(own()?.verified, 0);
  gate.resolve();
  await settled();
  t.is(own()?.verified, 1);
});

test("nothing is verified unless it is turned on, and the share decides which hits are", async (t) => {
  const off = createWorld(t, 0);
  const user = off.wrap({}, async (id: number) => id);
  for (let i = 0; i < 9; i++) await user(1);
  t.is(user.loads.length, 1);

  const draws = [0.1, 0.9, 0.4, 0.6, 0.2];
  const half = createWorld(t, "50%", { random: () => draws.shift() ?? 0.99 });
  const other = half.wrap({}, async (id: number) => id);
  await other(1);
  draws.splice(0, 10, 0.1, 0.9, 0.4, 0.6, 0.5);
  for (let i = 0; i < 5; i++) await other(1);
  await settled();
  t.is(half.own()?.verified, 2);
});

test("if verify isn't used, a hit draws no random number and runs no loader", async (t) => {
  let draws = 0;
  const { wrap } = createWorld(t, 0, { random: () => (draws++, 0) });
  const user = wrap({}, async (id: number) => id);
  await user(1);
  draws = 0;
  for (let i = 0; i < 100; i++) await user(1);
  t.is(draws, 0);
  t.is(user.loads.length, 1);
});

test("verify of the running program takes precedence over the directive and configure", async (t) => {
  const { cache, wrap, own } = createWorld(t, 0);
  const told = wrap({ verify: 1 }, async (id: number) => id);
  await told(1);
  await told(1);
  await settled();
  t.is(own()?.verified, 1);
  verify(0, { cache: cache.name });
  await told(1);
  await settled();
  t.is(own()?.verified, 1);
  verify("100%", { cache: cache.name });
  await told(1);
  await settled();
  t.is(own()?.verified, 2);
  verify(null, { cache: cache.name });
  await told(1);
  await settled();
  t.is(own()?.verified, 3);
});

test("a function that changes data is verified only if its directive says so", async (t) => {
  const { cache, wrap } = createWorld(t);
  const silent = wrap({ changesData: true }, async (id: number) => id);
  const told = wrap({ name: "told", changesData: true, verify: 1 }, async (id: number) => id);
  verify(1, { cache: cache.name });
  for (const fn of [silent, told]) for (let i = 0; i < 3; i++) await fn(1);
  await settled();
  t.is(silent.loads.length, 1);
  t.is(told.loads.length, 3);
});

// ---- Mistakes that the tests make on purpose ----

test("a forgotten invalidation is named by the first sample", async (t) => {
  const { cache, name, wrap, own } = createWorld(t);
  let row = { name: "old", address: { city: "Bonn" } };
  const user = wrap({}, async (_id: number) => row);
  await user(1);
  row = { name: "old", address: { city: "Berlin" } };
  t.is((await user(1)).address.city, "Bonn");
  await cache.clock.advance(believedMs);
  t.deepEqual(verdicts(cache), ["no-invalidation .address.city"]);
  const [event] = diverged(cache);
  t.is(event?.name, name);
  t.is(event?.key, `${name}|1`);
  t.regex(
    event?.message ?? "",
    /nothing has invalidated it since it was stored\. Invalidate one of its tags/,
  );
  // The same entry is reported once, and counted each time.
  await user(1);
  await cache.clock.advance(believedMs);
  t.is(verdicts(cache).length, 1);
  t.is(own()?.diverged, 2);
});

test("a key that lacks an argument is named by the first sample", async (t) => {
  const { cache, wrap } = createWorld(t);
  const user = wrap({ key: keyOver((id) => [id]) }, async (_id: number, language: string) => ({
    text: language,
  }));
  await user(1, "de");
  t.deepEqual(await user(1, "en"), { text: "de" });
  await cache.clock.advance(believedMs);
  t.deepEqual(verdicts(cache), ["incomplete-key .text"]);
});

test("a key that lacks the async context is named by the first sample", async (t) => {
  const { cache, wrap } = createWorld(t);
  const tenant = new AsyncLocalStorage<string>();
  const user = wrap({}, async (_id: number) => tenant.getStore());
  await tenant.run("a", () => user(1));
  t.is(await tenant.run("b", () => user(1)), "a");
  await cache.clock.advance(believedMs);
  t.deepEqual(verdicts(cache), ["incomplete-key "]);
});

test("an incomplete key is found by a later caller if another process has stored the entry", async (t) => {
  const { cache, name, wrap } = createWorld(t);
  const tenant = new AsyncLocalStorage<string>();
  const user = wrap({ tags: [] }, async (_id: number) => tenant.getStore());
  await cache.put(`${name}|1`, Buffer.from('"a"'));
  t.is(await tenant.run("b", () => user(1)), "a");
  await cache.clock.advance(1);
  t.is(await tenant.run("a", () => user(1)), "a");
  await cache.clock.advance(believedMs);
  t.deepEqual(verdicts(cache), ["incomplete-key "]);
});

test("a result that contains the time is named by the first sample, and not sampled any more", async (t) => {
  const { cache, wrap, own } = createWorld(t);
  const user = wrap({}, async (id: number) => ({ id, at: cache.clock.now() }));
  await user(1);
  await cache.clock.advance(1);
  await user(1);
  await cache.clock.advance(believedMs);
  t.deepEqual(verdicts(cache), ["nondeterministic .at"]);
  const loads = user.loads.length;
  await user(1);
  await cache.clock.advance(believedMs);
  t.is(user.loads.length, loads);
  t.is(own()?.verified, 0);
});

test("a lagging replica from which an outdated value was stored is named by the first sample", async (t) => {
  const { cache, wrap } = createWorld(t);
  let primary = "old";
  let replica = "old";
  const user = wrap({}, async (_id: number) => replica);
  await user(1);
  primary = "new";
  await cache.invalidateTag("user:1");
  await cache.clock.advance(10);
  t.is(await user(1), "old");
  replica = primary;
  t.is(await user(1), "old");
  await cache.clock.advance(believedMs);
  t.deepEqual(verdicts(cache), ["lagging-source "]);
});

test("a replica that lags while a hit is verified is not reported, because the stored value is newer", async (t) => {
  const { cache, wrap, own } = createWorld(t);
  let source = "new";
  const user = wrap({}, async (_id: number) => source);
  await user(1);
  source = "old";
  await user(1);
  source = "new";
  await cache.clock.advance(believedMs);
  t.deepEqual(verdicts(cache), []);
  t.is(own()?.verified, 1);
});

test("data that is written and invalidated while a hit is verified is not reported as a difference", async (t) => {
  const { cache, wrap, own } = createWorld(t);
  let row = "old";
  const user = wrap({}, async (_id: number) => row);
  await user(1);
  row = "new";
  t.is(await user(1), "old");
  await cache.clock.advance(lagMs - 1);
  await cache.invalidateTag("user:1");
  await cache.clock.advance(believedMs);
  t.deepEqual(verdicts(cache), []);
  t.is(own()?.verified, 1);
  t.is(own()?.diverged, 0);
});

test("an entry that is still there although it was invalidated is an unknown cause", async (t) => {
  const { cache, wrap } = createWorld(t);
  let row = "old";
  const user = wrap({}, async (_id: number) => row);
  await user(1);
  row = "new";
  await cache.clock.advance(1);
  const wholeDelete = cache.backend.delete.bind(cache.backend);
  cache.backend.delete = async () => {};
  await cache.invalidateTag("user:1");
  cache.backend.delete = wholeDelete;
  await user(1);
  await cache.clock.advance(believedMs);
  t.deepEqual(verdicts(cache), ["unknown "]);
});

test("a report names the places of the program that invalidate the function, from the lock file", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "zcache-verify-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const lock = join(folder, "zcache.lock.json");
  const { cache, name, wrap } = createWorld(t, { share: 1, lock });
  writeFileSync(
    lock,
    JSON.stringify({
      functions: [{ name, invalidatedIn: ["src/users.ts rename", "src/jobs.ts"] }],
    }),
  );
  let row = "old";
  const user = wrap({}, async (_id: number) => row);
  await user(1);
  row = "new";
  await user(1);
  await cache.clock.advance(believedMs);
  const [event] = diverged(cache);
  t.deepEqual(event?.places, ["src/users.ts rename", "src/jobs.ts"]);
  t.regex(
    event?.message ?? "",
    / The program invalidates it in src\/users\.ts rename, src\/jobs\.ts\.$/,
  );
});

// ---- The cost ----

test("no more loaders run at once than allowed, and a loader that hangs keeps its place", async (t) => {
  const { cache, wrap } = createWorld(t, { share: 1, mostAtOnce: 2 });
  const gate = deferred();
  let isHeld = false;
  const user = wrap({}, async (id: number) => {
    if (isHeld) await gate.promise;
    return id;
  });
  for (const id of [1, 2, 3, 4]) await user(id);
  isHeld = true;
  for (const id of [1, 2, 3, 4]) await user(id);
  await settled();
  t.is(user.loads.length, 6);
  await cache.clock.advance(120_000);
  for (const id of [1, 2, 3, 4]) await user(id);
  await settled();
  t.is(user.loads.length, 6);
  gate.resolve();
});

test("after the first hundred, verification makes no more loads than its share of those that callers wait for", async (t) => {
  const { wrap } = createWorld(t, { share: 1, shareOfLoads: "10%" });
  const user = wrap({}, async (id: number) => id);
  await user(0);
  for (let i = 0; i < 300; i++) {
    await user(0);
    await settled();
  }
  t.is(user.loads.length, 1 + 101);
  for (let id = 1; id <= 100; id++) await user(id);
  for (let i = 0; i < 50; i++) {
    await user(0);
    await settled();
  }
  t.is(user.loads.length, 1 + 100 + 111);
});

test("nothing is verified while the loader is slow", async (t) => {
  const { cache, wrap } = createWorld(t, { share: 1, slow: "1s" });
  let slowMs = 1_000;
  const user = wrap({}, async (id: number) => {
    if (slowMs > 0) await new Promise<void>((resolve) => void cache.clock.after(slowMs, resolve));
    return id;
  });
  const first = user(1);
  await cache.clock.advance(1_000);
  await first;
  slowMs = 0;
  await user(1);
  await settled();
  t.is(user.loads.length, 1);
  await cache.clock.advance(60_000);
  await user(1);
  await settled();
  t.is(user.loads.length, 2);
});

test("nothing is verified while the breaker is open", async (t) => {
  const { cache, wrap, own } = createWorld(t, 1, { breakerFailures: 1, remote: true });
  const user = wrap({}, async (id: number) => id);
  await user(1);
  cache.backend.failNext("delete");
  await t.throwsAsync(cache.invalidateTag("user:2"));
  await user(1);
  await settled();
  t.is(own()?.verified, 0);
  await cache.clock.advance(1_000);
  await user(1);
  await user(1);
  await settled();
  t.true((own()?.verified ?? 0) > 0);
});

test("a loader that fails, and arguments that change meanwhile, don't count as samples", async (t) => {
  const { cache, wrap, own } = createWorld(t);
  let isDown = false;
  const user = wrap({ tags: [] }, async (id: { n: number }) => {
    if (isDown) throw new Error("down");
    return id.n;
  });
  await user({ n: 1 });
  isDown = true;
  t.is(await user({ n: 1 }), 1);
  await settled();
  isDown = false;
  const changed = { n: 1 };
  const value = user(changed);
  changed.n = 2;
  await value;
  await cache.clock.advance(believedMs);
  t.is(own()?.verified, 0);
  t.is(own()?.error, 0);
  t.deepEqual(verdicts(cache), []);
});

test("each id of a batch is verified by itself", async (t) => {
  const { cache, name, wrap, own } = createWorld(t);
  const rows = new Map([
    [1, "a"],
    [2, "b"],
  ]);
  const users = wrap({ batch: "array" }, async (ids: number[]) =>
    ids.map((id) => rows.get(id) ?? null),
  );
  await users([1, 2]);
  rows.set(2, "c");
  t.deepEqual(await users([1, 2]), ["a", "b"]);
  await cache.clock.advance(believedMs);
  t.is(own()?.verified, 2);
  t.deepEqual(
    diverged(cache).map(({ key, verdict }) => `${key} ${verdict}`),
    [`${name}|2 no-invalidation`],
  );
});

test("the loader and the event are in the context of the caller that caused them", async (t) => {
  const caller = new AsyncLocalStorage<number>();
  const seen: unknown[] = [];
  const { cache, wrap } = createWorld(t);
  let row = "old";
  const user = wrap({}, async (_id: number) => {
    seen.push(caller.getStore());
    return row;
  });
  await caller.run(1, () => user(1));
  row = "new";
  const { events } = cache;
  const push = events.push.bind(events);
  events.push = (event) => {
    if (event.type === "diverged") seen.push(`event of ${String(caller.getStore())}`);
    return push(event);
  };
  await caller.run(2, () => user(1));
  await caller.run(3, () => cache.clock.advance(believedMs));
  t.deepEqual(seen, [1, 2, 2, 2, 1, "event of 2"]);
});

test("a rate that is impossible is refused", (t) => {
  for (const wrong of [
    -1,
    1.1,
    Number.NaN,
    "101%",
    "2",
    "often",
    "%",
    null,
    true,
    { rate: 1 },
    { lag: "5" },
  ])
    t.throws(
      () => createCache(t, { verify: wrong as never }),
      { instanceOf: ConfigError },
      String(wrong),
    );
  t.throws(() => verify("2%2"), {
    instanceOf: ConfigError,
    message: /must be a share such as "0\.1%"/,
  });
});
