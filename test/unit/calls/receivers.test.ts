import test from "ava";
import {
  attach,
  method,
  object,
  privateMethod,
  wrap,
} from "../../../runtime/calls/cached-function";
import { at, decorate, on, place } from "../../../runtime/calls/operations-on-receiver";
import { ReceiverError } from "../../../runtime/errors";
import { createCache } from "../../support/cache";
import { keyOver, template } from "../../support/templates";

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
  // As with any function, a second binding doesn't change the receiver, and adds arguments.
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
    // These are the functions of the package reflect-metadata, with which libraries describe a
    // method.
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
