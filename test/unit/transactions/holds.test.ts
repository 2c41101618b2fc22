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
import { MemoryBackend } from "../../../runtime/backends/memory-backend";
import { backendMethods } from "../../../runtime/cache/configure";
import { createCache, deferred, settled } from "../../support/cache";
import { template } from "../../support/templates";

const tags = [template(["user:", ""], (id: unknown) => [id])];
const rolledBack = new Error("rolled back");

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
