import test, { type ExecutionContext } from "ava";
import { wrap } from "../../../runtime/calls/cached-function";
import { createStored, noTerms } from "../../../runtime/entry/entry";
import { CodecError, ConfigError, KeyError } from "../../../runtime/errors";
import { randomId } from "../../../runtime/entry/id";
import { createCache } from "../../support/cache";
import { keyOver, template } from "../../support/templates";

const hour = 3_600_000;

test("a first call loads and stores, the next ones read", async (t) => {
  const cache = createCache(t);
  const f = cache.count({}, async (id: number) => ({ id }));
  t.deepEqual(await f(5), { id: 5 });
  t.deepEqual(cache.takeTrace(), ["miss f|5", "load f|5", "store f|5"]);
  t.deepEqual(cache.backend.takeTrace(), ["read", "acquire", "write"]);
  t.deepEqual(await f(5), { id: 5 });
  t.deepEqual(cache.takeTrace(), ["hit f|5"]);
  t.deepEqual(cache.backend.takeTrace(), ["read"]);
  await f(6);
  t.deepEqual(f.loads, [[5], [6]]);
});

test("an entry lasts an hour by default, and has expired at its ttl exactly", async (t) => {
  const cache = createCache(t);
  const f = cache.count({}, async () => "x");
  await f();
  await cache.clock.advance(hour - 1);
  await f();
  t.is(f.loads.length, 1);
  await cache.clock.advance(1);
  await f();
  t.is(f.loads.length, 2);
});

test("the ttl is the directive's, else the cache's", async (t) => {
  const cache = createCache(t, { ttl: "10m" });
  const ofCache = cache.wrap({ name: "a" }, async () => 1);
  const own = cache.wrap({ name: "b", ttlMs: 2_000 }, async () => 1);
  await Promise.all([ofCache(), own()]);
  await cache.clock.advance(1_999);
  t.is(await cache.peek("b|"), "1");
  await cache.clock.advance(1);
  t.is(await cache.peek("b|"), null);
  await cache.clock.advance(600_000 - 2_001);
  t.is(await cache.peek("a|"), "1");
  await cache.clock.advance(1);
  t.is(await cache.peek("a|"), null);
});

for (const value of [null, undefined]) {
  const lifetimes: [
    what: string,
    plan: { ttlMs?: number; nullTtlMs?: number },
    options: object,
    ms: number,
  ][] = [
    ["5m at most", {}, {}, 300_000],
    ["a tenth of a shorter ttl", { ttlMs: 60_000 }, {}, 6_000],
    ["at least 1s", { ttlMs: 5_000 }, {}, 1_000],
    ["at least 1s though the ttl is shorter", { ttlMs: 500 }, {}, 1_000],
    ["as long as the cache's nullTtl says", {}, { nullTtl: "20s" }, 20_000],
    ["as long as its own nullTtl says", { nullTtlMs: 7_000 }, { nullTtl: "20s" }, 7_000],
  ];
  for (const [what, plan, options, ms] of lifetimes) {
    test(`${value} is cached for ${what}`, async (t) => {
      const cache = createCache(t, options);
      const f = cache.count(plan, async () => value);
      t.is(await f(), value);
      await cache.clock.advance(ms - 1);
      t.is(await f(), value);
      t.is(f.loads.length, 1);
      await cache.clock.advance(1);
      await f();
      t.is(f.loads.length, 2);
    });
  }
}

test("other empty values last as long as any", async (t) => {
  const cache = createCache(t);
  for (const value of [0, "", false, [], {}]) {
    const f = cache.count({ name: JSON.stringify(value) }, async () => value);
    await f();
    await cache.clock.advance(1_000_000);
    t.deepEqual(await f(), value);
    t.is(f.loads.length, 1);
  }
});

test("if `when` is false the value is returned and not stored, and nothing is left at the key", async (t) => {
  const cache = createCache(t);
  const when = (result: unknown, id: unknown) => result !== "draft" && id !== 0;
  const f = cache.count({ when }, async (id: number, text: string) => (id === 0 ? "zero" : text));
  t.is(await f(1, "draft"), "draft");
  await cache.idle();
  t.deepEqual(cache.takeTrace(), ["miss f|1-draft", "load f|1-draft", "skip f|1-draft"]);
  t.is(await cache.peek("f|1-draft"), null);
  await f(1, "draft");
  await f(0, "x");
  await f(0, "x");
  t.is(f.loads.length, 4);
  await f(1, "final");
  await f(1, "final");
  t.is(f.loads.length, 5);
});

test("`when` sees the receiver, and when it throws the value is returned and not stored", async (t) => {
  const cache = createCache(t);
  const when = function (this: unknown) {
    return (this as { a: { b: boolean } }).a.b;
  };
  const f = cache.count({ when }, async () => "x");
  t.is(await f.call({ a: { b: true } }), "x");
  t.is(await cache.peek("f|"), '"x"');
  await f.invalidate();
  t.is(await f(), "x");
  const [event] = cache.events.filter(({ type }) => type === "unusable");
  t.true(event?.type === "unusable" && event.error instanceof CodecError);
  t.regex(
    (event as { error: Error }).error.message,
    /^"when" of f could not judge the result: Cannot read/,
  );
  await cache.idle();
  t.is(await cache.peek("f|"), null);
});

test("a loader's error reaches the caller as it is, is not stored, and the next call loads", async (t) => {
  const cache = createCache(t);
  const error = new TypeError("no such user");
  let fail = true;
  const f = cache.count({}, async () => {
    if (fail) throw error;
    return "x";
  });
  t.is(await t.throwsAsync(f()), error);
  t.deepEqual(cache.backend.takeTrace(), ["read", "acquire", "release"]);
  t.is(await cache.peek("f|"), null);
  fail = false;
  t.is(await f(), "x");
  t.deepEqual(cache.backend.takeTrace(), ["read", "acquire", "write"], "no lease was in the way");
});

test("a loader that throws before it has made a promise is a rejection", async (t) => {
  const cache = createCache(t);
  const f = cache.wrap({}, () => {
    throw new Error("sync");
  });
  await t.throwsAsync(() => f(), { message: "sync" });
  let promise: Promise<unknown> | undefined;
  t.notThrows(() => (promise = f()));
  await t.throwsAsync(promise as Promise<unknown>, { message: "sync" });
});

test("a loader may return any thenable, or a value", async (t) => {
  const cache = createCache(t);
  const f = cache.wrap({}, ((thenable: boolean) =>
    thenable ? { then: (done: (x: number) => void) => done(5) } : 6) as never);
  t.deepEqual(await Promise.all([(f as Function)(true), (f as Function)(false)]), [5, 6]);
});

test("the receiver and the arguments reach the loader", async (t) => {
  const cache = createCache(t);
  const f = cache.wrap(
    { key: keyOver(() => []) },
    async function (this: unknown, ...args: unknown[]) {
      return [this, ...args];
    },
  ) as Function;
  const self = { name: "self" };
  t.deepEqual(await f.call(self, 1, undefined, "x"), [self, 1, undefined, "x"]);
});

test("what can't be part of a key rejects with a KeyError and never throws at once", async (t) => {
  const cache = createCache(t);
  const f = cache.count({ name: "shop.feed.read" }, async (...args: unknown[]) => args.length);
  const user = cache.count(
    { name: "shop.user", key: template(["user:", ""], (org) => [(org as { id: unknown }).id]) },
    async (org: unknown) => org,
  );
  const tagged = cache.count(
    {
      name: "shop.tagged",
      key: keyOver(() => []),
      tags: [template(["org:", ""], (org) => [(org as { id: unknown }).id])],
    },
    async (org: unknown) => org,
  );
  const error = async (call: () => Promise<unknown>): Promise<Error | undefined> => {
    let promise: Promise<unknown> | undefined;
    t.notThrows(() => (promise = call()));
    return t.throwsAsync(promise as Promise<unknown>, { instanceOf: KeyError, code: "ZCACHE_KEY" });
  };
  const advice = "Leave it out with an explicit key template.";
  const message = `Argument 2 of shop.feed.read is a function, which can't be part of a key. ${advice}`;
  const callback = () => 1;
  for (const call of [f, f.refresh.bind(f), f.invalidate.bind(f)]) {
    t.is((await error(() => call(1, callback) as Promise<unknown>))?.message, message);
  }
  t.is(
    (await error(() => user(null)))?.message,
    "shop.user could not read its arguments for a key: Cannot read properties of null (reading 'id').",
  );
  t.is(
    (await error(() => user({ id: Symbol("x") })))?.message,
    "Placeholder 1 in the key of shop.user is a symbol, which can't be part of a key. Use something that identifies it.",
  );
  t.is(
    (await error(() => tagged({ id: callback })))?.message,
    "Placeholder 1 in a tag of shop.tagged is a function, which can't be part of a tag. Use something that names it.",
  );
  t.is(f.loads.length + user.loads.length + tagged.loads.length, 0);
  t.deepEqual(cache.backend.takeTrace(), []);
});

test("an explicit key is the text of its template", async (t) => {
  const cache = createCache(t);
  const f = cache.wrap(
    { key: template(["counter.B.add|", "-", ""], (a, b) => [a, b]) },
    async (a: number, b: number) => a + b,
  );
  await f(5, 6);
  t.is(await cache.peek("counter.B.add|5-6"), "11");
});

test("two functions may share an explicit key", async (t) => {
  const cache = createCache(t);
  const key = template(["user:", ""], (id: unknown) => [id]);
  const a = cache.count({ name: "a", key }, async (id: number) => ({ id, by: "a" }));
  const b = cache.count({ name: "b", key }, async (id: number) => ({ id, by: "b" }));
  t.deepEqual(await a(5), { id: 5, by: "a" });
  t.deepEqual(await b(5), { id: 5, by: "a" });
  await b.invalidate(5);
  t.deepEqual(await b(5), { id: 5, by: "b" });
  t.deepEqual(await a(5), { id: 5, by: "b" });
});

test("functions that share a key but neither tags nor codec treat each other's entries as misses, and calls end", async (t) => {
  const cache = createCache(t);
  const key = template(["shared"], () => []);
  const plain = cache.count({ name: "plain", key }, async () => "plain");
  const yaml = cache.count({ name: "yaml", key, codec: "structured" }, async () => "structured");
  const tagged = cache.count(
    { name: "tagged", key, tags: [template(["t"], () => [])] },
    async () => "tagged",
  );
  for (let round = 0; round < 3; round++) {
    t.is(await plain(), "plain");
    t.is(await yaml(), "structured");
    t.is(await tagged(), "tagged");
  }
  t.deepEqual([plain.loads.length, yaml.loads.length, tagged.loads.length], [3, 3, 3]);
});

const namespaces: [cache: string | undefined, plan: string | undefined, prefix: string][] = [
  [undefined, undefined, ""],
  [undefined, "v1", "v1:"],
  ["shop", undefined, "shop:"],
  ["shop", "v1", "shop:v1:"],
];
for (const [ofCache, ofPlan, prefix] of namespaces) {
  test(`a key begins with ${prefix || "its name, without a namespace"}`, async (t) => {
    const cache = createCache(t, ofCache === undefined ? {} : { namespace: ofCache });
    const plan = ofPlan === undefined ? {} : { namespace: ofPlan };
    await cache.wrap(plan, async (a: number, b: number) => a + b)(5, 6);
    t.is(await cache.peek(`${prefix}f|5-6`), "11");
    const explicit = { ...plan, key: template(["sum:", ""], (a: unknown) => [a]) };
    await cache.wrap(explicit, async (a: number) => a)(5);
    t.is(await cache.peek(`${prefix}sum:5`), "5");
  });
}

test("the cache that a directive names is used, and missing it is a ConfigError", async (t) => {
  const [a, b] = [createCache(t), createCache(t)];
  const f = a.wrap({ cache: b.name }, async () => 1);
  await f();
  t.deepEqual(a.takeTrace(), []);
  t.deepEqual(b.takeTrace(), ["miss f|", "load f|", "store f|"]);

  const lost = a.count({ cache: "sessions" }, async () => 1);
  const error = await configError(t, () => lost());
  t.regex(
    error,
    /^There is no cache named "sessions"\. Caches: .*\. Call configure\("sessions", \{ … \}\) first\.$/,
  );
  for (const call of [
    () => lost.refresh(),
    () => lost.invalidate(),
    () => lost.invalidateTag("t"),
  ]) {
    t.is(await configError(t, call), error);
  }
  t.is(await lost.nocache(), 1);
  t.is(lost.loads.length, 1);
});

test("the codec is the directive's, else the cache's; both may be the user's own", async (t) => {
  const upper = {
    encode: (value: unknown) => Buffer.from(String(value).toUpperCase()),
    decode: (payload: Buffer) => payload.toString().toLowerCase(),
  };
  const cache = createCache(t, { codec: "upper", codecs: { upper } });
  const f = cache.wrap({}, async () => "text");
  t.is(await f(), "text");
  t.is(await cache.peek("f|"), "TEXT");
  t.is(await f(), "text");
  const structured = cache.wrap(
    { name: "s", codec: "structured" },
    async () => new Map([[1, new Date(0)]]),
  );
  await structured();
  t.deepEqual(await structured(), new Map([[1, new Date(0)]]));
  const yaml = cache.wrap({ name: "y", codec: "yaml" }, async () => ({ a: [1] }));
  await yaml();
  t.is(await cache.peek("y|"), "a:\n  - 1\n");
  t.deepEqual(await yaml(), { a: [1] });
  const lost = cache.wrap({ name: "lost", codec: "msgpack" }, async () => 1);
  t.is(
    await configError(t, () => lost()),
    'lost uses the codec "msgpack", which its cache doesn\'t have. Codecs: json, yaml, structured, upper. Add it with configure({ codecs: { … } }).',
  );
  const inherited = cache.wrap({ name: "lost", codec: "toString" }, async () => 1);
  t.regex(
    await configError(t, () => inherited()),
    /uses the codec "toString", which its cache doesn't have/,
  );
});

test("a codec may make any Uint8Array, or text; a value that it can't encode, or encodes to another type, is returned and not stored", async (t) => {
  const bytes = { encode: () => new Uint8Array([1, 2]), decode: (payload: Buffer) => [...payload] };
  const text = { encode: (value: unknown) => `é${String(value)}`, decode: String };
  const number = { encode: () => 5, decode: String };
  const cache = createCache(t, { codecs: { bytes, text, number } as never });
  const f = cache.count({ codec: "bytes" }, async () => "first");
  t.is(await f(), "first" as never);
  t.deepEqual(await f(), [1, 2] as never);
  const written = cache.count({ name: "written", codec: "text" }, async () => "x");
  t.deepEqual([await written(), await written(), written.loads.length], ["x", "éx", 1]);
  const bad = cache.count({ name: "bad", codec: "number" }, async () => "x");
  const big = cache.count({ name: "big" }, async () => 5n);
  t.deepEqual([await bad(), await bad(), await big(), await big()], ["x", "x", 5n, 5n]);
  await cache.idle();
  t.deepEqual([bad.loads.length, big.loads.length], [2, 2]);
  t.deepEqual([await cache.peek("bad|"), await cache.peek("big|")], [null, null]);
  const messages = cache.events.flatMap((event) =>
    event.type === "unusable" ? [event.error.message] : [],
  );
  t.is(
    messages[0],
    "The result of bad could not be encoded: encode must return a Buffer or a string.",
  );
  t.regex(messages[2] ?? "", /^The result of big could not be encoded: .*BigInt/);
});

test("an entry that can't be read is a miss and an event, and is replaced", async (t) => {
  const cache = createCache(t);
  const f = cache.count({ name: "g" }, async () => ({ a: 1 }));
  const versions = [randomId(), randomId()];
  const tagged = createStored(
    randomId(),
    { ...noTerms, versions },
    Buffer.from('{"a":1}'),
  ) as Buffer;
  const newer = Buffer.from(tagged);
  newer[3] = 2;
  const unreadable: [what: string, bytes: Buffer, why: string][] = [
    ["a truncated header", tagged.subarray(0, 30), "its header is cut off, or of another version"],
    ["truncated versions", tagged.subarray(0, 45), "its header is cut off, or of another version"],
    ["a newer header", newer, "its header is cut off, or of another version"],
    ["truncated JSON", Buffer.from('{"a":'), "JSON"],
    ["foreign text", Buffer.from("hello"), "JSON"],
    ["another codec's bytes", Buffer.from([0xff, 0x0f, 0x22]), "JSON"],
    [
      "a framed payload of another codec",
      createStored(randomId(), noTerms, Buffer.from([0, 0x7a, 0x63, 9])) as Buffer,
      "JSON",
    ],
  ];
  for (const [what, bytes, why] of unreadable) {
    await cache.put("g|", bytes);
    t.deepEqual(await f(), { a: 1 }, what);
    t.deepEqual(cache.takeTrace(), ["unusable g|", "miss g|", "load g|", "store g|"], what);
    const event = cache.events.findLast(({ type }) => type === "unusable") as unknown as {
      error: CodecError;
    };
    t.true(event.error instanceof CodecError);
    t.true(event.error.message.startsWith('The entry at "g|" could not be read: '));
    t.true(event.error.message.includes(why), `${what}: ${event.error.message}`);
    t.is(event.error.key, "g|");
    t.is(await cache.peek("g|"), '{"a":1}', what);
    await f();
    t.deepEqual(cache.takeTrace(), ["hit g|"], what);
  }
});

test("an untagged entry is exactly the JSON, so that others can write it too", async (t) => {
  const cache = createCache(t);
  const f = cache.count({ key: template(["user:", ""], (id) => [id]) }, async (id: number) => ({
    id,
    name: "Zoë",
  }));
  await f(5);
  t.is(await cache.peek("user:5"), '{"id":5,"name":"Zoë"}');
  await cache.put("user:6", Buffer.from('{"id":6,"name":"by another program"}'));
  t.deepEqual(await f(6), { id: 6, name: "by another program" });
  t.deepEqual(f.loads, [[5]]);
});

test("a hit gives every caller its own value", async (t) => {
  const cache = createCache(t);
  const f = cache.wrap({}, async () => ({ list: [1] }));
  const first = await f();
  first.list.push(2);
  const second = await f();
  second.list.push(3);
  t.deepEqual(await f(), { list: [1] });
});

test("a listener's exception breaks no call and becomes a warning", async (t) => {
  const cache = createCache(t);
  const warnings: Error[] = [];
  const listen = (warning: Error) => warnings.push(warning);
  process.on("warning", listen);
  t.teardown(() => process.off("warning", listen));
  cache.configure({
    onEvent: () => {
      throw new Error("listener");
    },
  });
  t.is(await cache.wrap({}, async () => 5)(), 5);
  cache.configure({ onEvent: async () => Promise.reject(new Error("async listener")) });
  t.is(await cache.wrap({}, async () => 5)(), 5);
  await new Promise((resolve) => setImmediate(resolve));
  t.deepEqual([...new Set(warnings.map(({ message }) => message))], ["listener", "async listener"]);
});

test("a plan is made when it is first needed, once", async (t) => {
  const cache = createCache(t);
  let made = 0;
  const f = wrap(
    () => (made++, { name: "f", key: keyOver(() => []), cache: cache.name }),
    async () => 1,
  );
  t.is(made, 0);
  await f();
  cache.configure({ ttl: "5m" });
  await f();
  t.is(made, 1);
});

async function configError(t: ExecutionContext, call: () => Promise<unknown>): Promise<string> {
  let promise: Promise<unknown> | undefined;
  t.notThrows(() => (promise = call()));
  const error = await t.throwsAsync(promise as Promise<unknown>, {
    instanceOf: ConfigError,
    code: "ZCACHE_CONFIG",
  });
  return error?.message ?? "";
}

test("a function that is called by itself has no `this`, and neither has its loader", async (t) => {
  const cache = createCache(t);
  const seen: unknown[] = [];
  const f = cache.wrap({}, async function (this: unknown, id: number) {
    seen.push(this);
    return id;
  });
  t.is(await f(5), 5);
  t.deepEqual(seen, [undefined]);
});
