import test from "ava";
import {
  attach,
  method,
  object,
  privateMethod,
  wrap,
} from "../../../runtime/calls/cached-function";
import { at, decorate, on, place } from "../../../runtime/calls/operations-on-receiver";
import { ConfigError, ReceiverError } from "../../../runtime/errors";
import { invalidateTag } from "../../../runtime/index";
import { createCache, deferred, settled } from "../../support/cache";
import { keyOver, template } from "../../support/templates";

const tag = template(["user:", ""], (id: unknown) => [id]);

test("refresh loads, stores and resolves when it is stored", async (t) => {
  const cache = createCache(t);
  let n = 0;
  const f = cache.wrap({}, async (id: number) => id + ++n);
  t.is(await f(10), 11);
  cache.takeTrace();
  const hold = cache.backend.hold("write");
  let done = false;
  const refreshed = f.refresh(10).then((value) => ((done = true), value));
  await hold.reached;
  await settled();
  t.false(done);
  hold.release();
  t.is(await refreshed, 12);
  t.deepEqual(cache.takeTrace(), ["load f|10", "store f|10"]);
  t.is(await f(10), 12);
  t.is(await cache.peek("f|10"), "12");
});

test("refresh stores if nothing was stored, and restarts the ttl", async (t) => {
  const cache = createCache(t);
  const f = cache.count({ ttlMs: 10_000 }, async () => "x");
  t.is(await f.refresh(), "x");
  await cache.clock.advance(6_000);
  await f.refresh();
  await cache.clock.advance(6_000);
  await f();
  t.is(f.loads.length, 2);
});

test("a refreshed tagged entry is what calls read, and its tag ends it", async (t) => {
  const cache = createCache(t);
  let n = 0;
  const f = cache.count({ tags: [tag] }, async (id: number) => `${id}:${++n}`);
  t.is(await f(5), "5:1");
  t.is(await f.refresh(5), "5:2");
  t.is(await f(5), "5:2");
  await f.invalidateTag("user:5");
  t.is(await f(5), "5:3");
});

test("calls read the old entry while a refresh runs", async (t) => {
  const cache = createCache(t);
  for (const plan of [{ name: "plain" }, { name: "tagged", tags: [tag] }]) {
    const gate = deferred();
    let value = "old";
    const f = cache.wrap(plan, async (_id: number) => {
      if (value === "new") await gate.promise;
      return value;
    });
    await f(5);
    value = "new";
    const refreshed = f.refresh(5);
    await settled();
    t.is(await f(5), "old");
    gate.resolve();
    await refreshed;
    t.is(await f(5), "new");
  }
});

test("a refresh whose loader fails keeps the old entry and frees the key", async (t) => {
  const cache = createCache(t);
  let fail = false;
  const f = cache.count({}, async () => {
    if (fail) throw new Error("down");
    return "old";
  });
  await f();
  fail = true;
  await t.throwsAsync(f.refresh(), { message: "down" });
  t.is(await f(), "old");
  fail = false;
  await f.refresh();
  t.is(await cache.peek("f|"), '"old"');
});

test("a refresh whose result `when` keeps from being stored deletes the old entry, which is outdated", async (t) => {
  const cache = createCache(t);
  let value = "final";
  const f = cache.count({ when: (result) => result !== "draft" }, async () => value);
  await f();
  value = "draft";
  t.is(await f.refresh(), "draft");
  t.is(await cache.peek("f|"), null);
});

test("a refresh prevents what a call's load would store later", async (t) => {
  const cache = createCache(t);
  const gate = deferred<string>();
  const values = [gate.promise, "new"];
  const f = cache.wrap({}, async () => values.shift() as Promise<string>);
  const call = f();
  await settled();
  t.is(await f.refresh(), "new");
  gate.resolve("old");
  t.is(await call, "old");
  await cache.idle();
  t.is(await f(), "new");
});

test("of two refreshes at once neither leaves what was there before it", async (t) => {
  const cache = createCache(t);
  const gates = [deferred<string>(), deferred<string>()];
  let next = -1;
  const f = cache.wrap({}, async () =>
    ++next === 0 ? "v0" : (gates[next - 1] as (typeof gates)[0]).promise,
  );
  await f();
  const a = f.refresh();
  await settled();
  const b = f.refresh();
  await settled();
  gates[0]?.resolve("v1");
  t.is(await a, "v1");
  t.notRegex(
    String(await cache.peek("f|")),
    /"v[01]"/,
    "not v0, which a's caller knows to be outdated",
  );
  gates[1]?.resolve("v2");
  t.is(await b, "v2");
  t.is(await cache.peek("f|"), '"v2"');
});

test("of two refreshes at once the one that began last stays, though the other returns a newer value", async (t) => {
  const cache = createCache(t);
  let data = "v0";
  const reading = [deferred(), deferred()];
  let runs = 0;
  const f = cache.wrap({}, async () => {
    await reading[runs++]?.promise;
    return data;
  });
  const first = f.refresh();
  await settled();
  const last = f.refresh();
  await settled();
  reading[1]?.resolve();
  t.is(await last, "v0");
  data = "v1";
  reading[0]?.resolve();
  t.is(await first, "v1");
  t.is(await f(), "v0", "it was loaded after the first refresh began");
  await f.invalidate();
  t.is(await f(), "v1", "the invalidation of the change ends it");
});

test("a refresh that the store refuses deletes the old entry if it can", async (t) => {
  const cache = createCache(t);
  let n = 0;
  const f = cache.wrap({}, async () => ++n);
  await f();
  cache.backend.fail("write", new Error("OOM command not allowed"));
  t.is(await f.refresh(), 2);
  t.is(await cache.peek("f|"), null);
  t.true(cache.takeTrace().includes("fault write f|"));
});

test("nocache neither reads nor stores", async (t) => {
  const cache = createCache(t);
  const f = cache.count({}, async (a: number, b: number) => a + b);
  t.is(await f.nocache(5, 6), 11);
  t.is(await f.nocache(5, 6), 11);
  t.is(f.loads.length, 2);
  t.deepEqual(cache.backend.takeTrace(), []);
  t.deepEqual(cache.takeTrace(), []);
});

test("invalidate ends one entry, tagged or not, in one command", async (t) => {
  const cache = createCache(t);
  for (const plan of [{ name: "plain" }, { name: "tagged", tags: [tag] }]) {
    const f = cache.count(plan, async (id: number) => id);
    await Promise.all([f(5), f(6)]);
    cache.takeTrace();
    cache.backend.takeTrace();
    t.is(await f.invalidate(5), undefined);
    t.deepEqual(cache.backend.takeTrace(), ["delete"]);
    t.deepEqual(cache.takeTrace(), [`invalidate ${plan.name}|5`]);
    await Promise.all([f(5), f(6)]);
    t.deepEqual(f.loads, [[5], [6], [5]]);
  }
});

test("invalidating what was never stored is not an error", async (t) => {
  const cache = createCache(t);
  const f = cache.wrap({}, async (id: number) => id);
  await f.invalidate(5);
  t.deepEqual(cache.takeTrace(), ["invalidate f|5"]);
});

test("invalidate works even if a tag can't be read", async (t) => {
  const cache = createCache(t);
  const plan = {
    key: keyOver((id: unknown) => [id]),
    tags: [template(["org:", ""], (_: unknown, org: unknown) => [(org as { id: number }).id])],
  };
  const f = cache.wrap(plan, async (id: number, _org?: { id: number }) => id);
  await t.notThrowsAsync(f.invalidate(5));
  const many = cache.wrap(
    { ...plan, batch: "array" },
    async (ids: number[], _org?: { id: number }) => ids,
  );
  await t.notThrowsAsync(many.invalidate([5, 6]));
});

test("invalidateTag of a function is that of its cache", async (t) => {
  const cache = createCache(t);
  const f = cache.count({ tags: [tag] }, async (id: number) => id);
  for (const end of [
    () => f.invalidateTag("user:5"),
    () => cache.invalidateTag("user:5"),
    () => invalidateTag("user:5", { cache: cache.name }),
  ]) {
    await f(5);
    cache.takeTrace();
    await end();
    t.deepEqual(cache.takeTrace(), ["invalidate tag user:5"]);
  }
  await f(5);
  t.is(f.loads.length, 4);
});

test("a tag is a text", async (t) => {
  const cache = createCache(t);
  const f = cache.wrap({}, async () => 1);
  for (const [value, shown] of [
    ["", '""'],
    [5, "5"],
    [undefined, "undefined"],
    [["a"], "an array"],
  ]) {
    const message = `invalidateTag takes the tag's text, but got: ${String(shown)}.`;
    await t.throwsAsync(f.invalidateTag(value as string), { instanceOf: ConfigError, message });
    await t.throwsAsync(invalidateTag(value as string), { instanceOf: ConfigError, message });
  }
  await t.throwsAsync(invalidateTag("a", { cache: "none" }), { instanceOf: ConfigError });
});

test("a cached function has the name, the length and the look of an async function", (t) => {
  const cache = createCache(t);
  const f = wrap(
    () => ({ name: "m.add", key: keyOver(() => []), cache: cache.name }),
    async function add(_a: unknown, _b: unknown) {},
  );
  t.is(f.name, "add");
  t.is(f.length, 2);
  t.is(Object.prototype.toString.call(f), "[object AsyncFunction]");
  t.true(f instanceof Function);
  t.deepEqual(Object.keys(f), []);
});

test("an alias is the same function, with its operations", async (t) => {
  const cache = createCache(t);
  const f = cache.count({}, async (id: number) => id);
  const alias = f;
  const holder = { f };
  await alias(5);
  await holder.f(5);
  t.is(f.loads.length, 1);
  await holder.f.invalidate(5);
  await alias(5);
  t.is(f.loads.length, 2);
});

test("bind keeps the receiver and the first arguments, for calls and operations", async (t) => {
  const cache = createCache(t);
  const key = keyOver(function (this: unknown, ...args: unknown[]) {
    return [(this as { tenant: string }).tenant, ...args];
  });
  const f = cache.count(
    { key, receiver: true, tags: [template(["all"], () => [])] },
    async function (this: unknown, a: number, b: number) {
      return `${(this as { tenant: string }).tenant}:${a + b}`;
    },
  );
  const acme = { tenant: "acme" };
  const bound = f.bind(acme, 5);
  t.is(await bound(6), "acme:11");
  t.is(await cache.peek("f|acme-5-6").then(Boolean), true);
  t.is(await bound.refresh(6), "acme:11");
  t.is(await bound.nocache(6), "acme:11");
  await bound.invalidate(6);
  t.is(await cache.peek("f|acme-5-6"), null);
  await bound.invalidateTag("all");
  // As of any function, a second binding changes the receiver no more, and adds arguments.
  const again = bound.bind({ tenant: "other" }, 7);
  t.is(await again(), "acme:12");
  t.is(await again.refresh(), "acme:12");
  t.is(again.length, 0);
  t.is(await (on({ tenant: "third" }, bound, "bound") as typeof bound).refresh(6), "acme:11");
});

class Users {
  tenant = "acme";
  loads = 0;
  async profile(id: number): Promise<string> {
    this.loads++;
    return `${this.tenant}:${id}`;
  }
}

function cachedUsers(cacheName: string) {
  const plan = {
    name: "Users.profile",
    cache: cacheName,
    receiver: true,
    key: keyOver(function (this: unknown, id: unknown) {
      return [(this as Users).tenant, id];
    }),
  };
  class Cached extends Users {
    override async profile(id: number): Promise<string> {
      return super.profile(id);
    }
  }
  method(() => plan, Cached.prototype, "profile");
  return Cached;
}

test("operations of a method get their receiver from the rewritten call", async (t) => {
  const Cached = cachedUsers(createCache(t).name);
  const users = new Cached();
  const operations = () => at(users, "profile") as typeof users.profile;
  t.is(await users.profile(5), "acme:5");
  t.is(await users.profile(5), "acme:5");
  t.is(users.loads, 1);
  t.is(await operations().refresh(5), "acme:5");
  t.is(await operations().nocache(5), "acme:5");
  t.is(users.loads, 3);
  await operations().invalidate(5);
  await users.profile(5);
  t.is(users.loads, 4);
});

test("without its receiver an operation says how to write it, and one that needs none works", async (t) => {
  const Cached = cachedUsers(createCache(t).name);
  const users = new Cached();
  for (const operation of ["refresh", "nocache", "invalidate"] as const) {
    let promise!: Promise<unknown>;
    t.notThrows(
      () => (promise = (users.profile[operation] as typeof users.profile).call(users.profile, 5)),
    );
    await t.throwsAsync(promise, {
      instanceOf: ReceiverError,
      code: "ZCACHE_RECEIVER",
      message: `Users.profile reads "this", so ${operation} needs its receiver. In a file that zcache compiles, write object.profile.${operation}(…); elsewhere, object.profile.bind(object).${operation}(…).`,
    });
  }
  t.is(await users.profile.bind(users).refresh(5), "acme:5");
  await t.notThrowsAsync(users.profile.invalidateTag("any"));
});

test("a rewritten call on something that isn't cached keeps its meaning", async (t) => {
  const plain = { refresh: async () => "its own", name: 5 };
  t.is(at({ plain }, "plain"), plain);
  const fn = Object.assign(() => 1, { refresh: async () => "its own" });
  t.is(at({ fn }, "fn"), fn);
  t.is(at(null, "x", true), undefined);
  t.is(at(undefined, "x", true), undefined);
  t.throws(() => at(null, "x"), { instanceOf: TypeError });
});

test("a proxy of a cached function is one, and an operation elsewhere is an error", async (t) => {
  const cache = createCache(t);
  const f = cache.count({}, async (id: number) => id);
  const proxy = new Proxy(f, {});
  await proxy(5);
  await proxy.invalidate(5);
  await f(5);
  t.is(f.loads.length, 2);
  t.is(await (on({}, proxy, "f") as typeof f).refresh(5), 5);
  await t.throwsAsync((f.refresh as Function).call(() => 1, 5) as Promise<unknown>, {
    instanceOf: ReceiverError,
    message:
      /^This operation was called on something that is not a cached function\. If there is a @zcache comment above it, its file was built without zcache/,
  });
});

test("an operation that is passed on without its function says so", async (t) => {
  const { refresh } = createCache(t).count({}, async (id: number) => id);
  await t.throwsAsync(Promise.all([1, 2].map(refresh as (id: number) => Promise<number>)), {
    instanceOf: ReceiverError,
    message:
      "This operation was detached from its function. Instead of passing load.refresh on, write (id) => load.refresh(id).",
  });
});

test("an object's methods, a private method and an arrow with a receiver are cached", async (t) => {
  const cache = createCache(t);
  const source = () => ({ name: "o.get", key: keyOver((id: unknown) => [id]), cache: cache.name });
  let loads = 0;
  const literal = object({ get: async (id: number) => (loads++, id) }, [["get", source]]);
  await literal.get(5);
  await literal.get(5);
  t.is(loads, 1);
  const get_loader = async (id: number) => (loads++, id);
  t.is(privateMethod(source, get_loader as never), privateMethod(source, get_loader as never));
  t.is(privateMethod(source, get_loader as never).name, "get");

  const self = { tenant: "acme" };
  const arrowPlan = () => ({
    name: "arrow",
    receiver: true,
    cache: cache.name,
    key: keyOver(function (this: unknown) {
      return [(this as typeof self).tenant];
    }),
  });
  const arrow = wrap(arrowPlan, async () => "x", "arrow", self) as () => Promise<string>;
  await arrow();
  t.is(await cache.peek("arrow|acme"), '"x"');
  await arrow.invalidate();
  t.is(await cache.peek("arrow|acme"), null);
  t.is(
    attach(
      () => 1,
      arrowPlan,
      async () => 1,
      "given",
    ).name,
    "given",
  );
});

test("operations find a cached method that decorators hide", async (t) => {
  const cache = createCache(t);
  const source = () => ({ name: "D.get", key: keyOver((id: unknown) => [id]), cache: cache.name });
  let loads = 0;
  const load = async (id: number) => (loads++, id);
  const hide = (target: Function) =>
    function (this: unknown, ...args: unknown[]) {
      return target.apply(this, args) as unknown;
    };
  class Legacy {
    declare get: (id: number) => Promise<number>;
  }
  const descriptor = decorate(source)(Legacy.prototype, "get", {
    value: load,
    configurable: true,
  }) as PropertyDescriptor;
  Object.defineProperty(Legacy.prototype, "get", {
    ...descriptor,
    value: hide(descriptor.value as Function),
  });
  const legacy = new Legacy();
  await legacy.get(5);
  await (at(legacy, "get") as typeof load).invalidate(5);
  await legacy.get(5);
  t.is(loads, 2);

  class Standard {
    declare get: (id: number) => Promise<number>;
  }
  const other = () => ({ ...source(), name: "S.get" });
  const cached = decorate(other)(load, { kind: "method" }) as Function;
  Object.defineProperty(Standard.prototype, "get", { value: hide(cached), configurable: true });
  place(other, Standard.prototype, "get");
  const standard = new Standard();
  await standard.get(5);
  await (at(standard, "get") as typeof load).refresh(5);
  t.is(loads, 4);
  class Overriding extends Standard {
    override get = async () => 7;
  }
  t.is(await (at(new Overriding(), "get") as () => Promise<number>)(), 7);
});

test.serial(
  "a cached method has what decorators inside of zcache's have put on the function",
  async (t) => {
    // The functions of the package reflect-metadata, which libraries use to describe a method.
    const all = new Map<Function, Map<unknown, unknown>>();
    const reflection = {
      getOwnMetadataKeys: (target: Function) => [...(all.get(target)?.keys() ?? [])],
      getOwnMetadata: (key: unknown, target: Function) => all.get(target)?.get(key),
      defineMetadata: (key: unknown, value: unknown, target: Function) =>
        all.set(target, new Map([...(all.get(target) ?? []), [key, value]])),
    };
    Object.assign(Reflect, reflection);
    t.teardown(() => {
      for (const name of Object.keys(reflection)) Reflect.deleteProperty(Reflect, name);
    });
    const cache = createCache(t);
    const source = (name: string) => () => ({
      name,
      key: keyOver((id: unknown) => [id]),
      cache: cache.name,
    });
    const route = Symbol("route");
    const annotated = (): ((id: number) => Promise<number>) => {
      const load = async (id: number) => id;
      reflection.defineMetadata("response", { type: Number }, load);
      return Object.defineProperty(Object.assign(load, { [route]: "/:id" }), "hidden", {
        value: 1,
      });
    };
    const descriptor = decorate(source("L.get"))({}, "get", {
      value: annotated(),
    }) as PropertyDescriptor;
    const standard = decorate(source("S.get"))(annotated(), { kind: "method" });
    for (const cached of [descriptor.value, standard] as (Function & {
      [route]?: string;
      hidden?: number;
    })[]) {
      t.deepEqual(reflection.getOwnMetadata("response", cached), { type: Number });
      t.is(cached[route], "/:id");
      t.is(cached.hidden, 1);
      t.deepEqual(Object.keys(cached), []);
      t.is(await (cached as unknown as (id: number) => Promise<number>)(5), 5);
    }
  },
);
