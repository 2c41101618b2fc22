import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import test from "ava";
import { wrap } from "../../../runtime/calls/cached-function";
import {
  cacheNamed,
  configure,
  type Options,
  resolveOptions,
} from "../../../runtime/cache/configure";
import { ConfigError } from "../../../runtime/errors";
import { isDisabledByEnvironment, registry } from "../../../runtime/cache/registry";
import { createCache, deferred, settled } from "../../support/cache";
import { keyOver } from "../../support/templates";

test("every option is checked, and the error says what is wrong", (t) => {
  const duration =
    'must be a duration with a unit, such as "30s", "10m" or "1h", at most "365d", but got: ';
  const abuse: [options: unknown, message: string][] = [
    [5, "configure takes an object of options, but got: 5."],
    [null, "configure takes an object of options, but got: null."],
    [["a"], "configure takes an object of options, but got: an array."],
    [() => 1, "configure takes an object of options, but got: a function."],
    [{ tll: "5m" }, 'configure has no option "tll". Did you mean "ttl"?'],
    [{ deadlines: "5m" }, 'configure has no option "deadlines". Did you mean "deadline"?'],
    [
      { backend: null },
      '"backend" must be a backend, such as new RedisBackend(client), but got: null.',
    ],
    [
      { backend: "redis://" },
      '"backend" must be a backend, such as new RedisBackend(client), but got: "redis://".',
    ],
    [
      { backend: new Map() },
      '"backend" must be a backend, such as new RedisBackend(client), but got: an instance of Map.',
    ],
    [
      { backend: { read() {} } },
      '"backend" must be a backend, such as new RedisBackend(client), but got: an object.',
    ],
    [{ namespace: "" }, '"namespace" must be a string of at least one character, but got: "".'],
    [{ namespace: 5 }, '"namespace" must be a string of at least one character, but got: 5.'],
    ...["ttl", "nullTtl", "lease", "deadline", "breakerTime"].flatMap(
      (name): [unknown, string][] => [
        [{ [name]: 60 }, `"${name}" ${duration}60.`],
        [{ [name]: "60" }, `"${name}" ${duration}"60".`],
        [{ [name]: "0s" }, `"${name}" ${duration}"0s".`],
        [{ [name]: "366d" }, `"${name}" ${duration}"366d".`],
        [{ [name]: null }, `"${name}" ${duration}null.`],
      ],
    ),
    ...["breakerFailures", "maxInFlight"].flatMap((name): [unknown, string][] => [
      [{ [name]: 0 }, `"${name}" must be a whole number of at least 1, but got: 0.`],
      [{ [name]: 1.5 }, `"${name}" must be a whole number of at least 1, but got: 1.5.`],
      [{ [name]: NaN }, `"${name}" must be a whole number of at least 1, but got: NaN.`],
      [{ [name]: Infinity }, `"${name}" must be a whole number of at least 1, but got: Infinity.`],
      [{ [name]: "5" }, `"${name}" must be a whole number of at least 1, but got: "5".`],
    ]),
    [
      { codec: "msgpack" },
      '"codec" is "msgpack", which is not a codec of this cache. Codecs: json, yaml, structured.',
    ],
    [
      { codec: 5 },
      '"codec" is 5, which is not a codec of this cache. Codecs: json, yaml, structured.',
    ],
    [
      { codec: "toString" },
      '"codec" is "toString", which is not a codec of this cache. Codecs: json, yaml, structured.',
    ],
    [{ codecs: "json" }, '"codecs" must be an object of codecs by name, but got: "json".'],
    [{ codecs: null }, '"codecs" must be an object of codecs by name, but got: null.'],
    [
      { codecs: { mine: { encode() {} } } },
      '"codecs.mine" must have the functions encode and decode, but got: an object.',
    ],
    [
      { codecs: { mine: null } },
      '"codecs.mine" must have the functions encode and decode, but got: null.',
    ],
    [{ enabled: 1 }, '"enabled" must be true or false, but got: 1.'],
    [{ onEvent: "log" }, '"onEvent" must be a function, but got: "log".'],
    [{ onEvent: Symbol("x") }, '"onEvent" must be a function, but got: Symbol(x).'],
    [{ clock: Date }, '"clock" must have the functions now and after, but got: a function.'],
    [
      { clock: { now: Date.now } },
      '"clock" must have the functions now and after, but got: an object.',
    ],
  ];
  const { generation } = registry;
  const before = registry.caches.get("abuse");
  for (const [options, message] of abuse) {
    t.throws(() => configure("abuse", options as Options), {
      instanceOf: ConfigError,
      code: "ZCACHE_CONFIG",
      message,
    });
  }
  t.throws(() => configure(null as never), { instanceOf: ConfigError });
  t.throws(() => configure("", {}), {
    instanceOf: ConfigError,
    message: "The name of a cache must be a string of at least one character.",
  });
  t.is(registry.generation, generation, "nothing was changed");
  t.is(registry.caches.get("abuse"), before);
});

test("without options everything has its default", (t) => {
  const settings = resolveOptions({});
  t.like(settings, {
    namespace: null,
    ttlMs: 3_600_000,
    nullTtlMs: null,
    codec: "json",
    leaseMs: 5_000,
    onEvent: null,
  });
  t.deepEqual(settings.guard, {
    deadlineMs: 250,
    breakerFailures: 5,
    breakerMs: 1_000,
    maxInFlight: 10_000,
  });
  t.is(settings.backend.name, "memory");
  t.deepEqual(resolveOptions({ ttl: "5m" } satisfies Options).ttlMs, 300_000);
});

test("the default cache is created when it is first used; named ones aren't", async (t) => {
  const f = wrap(
    () => ({ name: "default.f", key: keyOver(() => []) }),
    async () => 5,
  ) as () => Promise<number>;
  t.is(await f(), 5);
  t.is(await f(), 5);
  t.is(cacheNamed("default"), cacheNamed("default"));
  t.throws(() => cacheNamed("sessions"), { instanceOf: ConfigError });
});

test("configuring again applies to the next calls; those under way end with the old settings", async (t) => {
  const cache = createCache(t);
  const other = createCache(t);
  const gate = deferred();
  const f = cache.count({}, async (id: number) => (await gate.promise, id));
  const first = f(5);
  await settled();
  cache.configure({ backend: other.backend, namespace: "new" });
  gate.resolve();
  await first;
  await cache.idle();
  t.is(await cache.peek("f|5"), "5");
  await f(5);
  t.is(await other.peek("new:f|5"), "5");
  t.is(f.loads.length, 2);
});

test("options that are left out have their defaults again", async (t) => {
  const cache = createCache(t, { ttl: "1m" });
  const name = cache.name;
  configure(name, { backend: cache.backend, clock: cache.clock });
  t.is(cacheNamed(name).settings.ttlMs, 3_600_000);
  configure(name);
  t.is(cacheNamed(name).settings.backend.name, "memory");
});

test.serial(
  "enabled: false runs functions uncached; invalidations are still carried out",
  async (t) => {
    const cache = createCache(t);
    const f = cache.count({}, async (id: number) => id);
    const throwing = cache.wrap({}, () => {
      throw new Error("at once, as the function itself does");
    });
    await f(5);
    cache.takeTrace();
    cache.configure({ enabled: false });
    t.teardown(() => cache.configure({ enabled: true }));
    cache.backend.takeTrace();
    await f(5);
    await f.nocache(5);
    t.is(f.loads.length, 3);
    t.deepEqual(cache.backend.takeTrace(), []);
    await f.refresh(5);
    t.is(f.loads.length, 4);
    t.deepEqual(cache.backend.takeTrace(), ["delete"], "other processes have the old value");
    t.throws(() => void throwing(), { message: "at once, as the function itself does" });
    await f.invalidate(5);
    await f.invalidateTag("user:5");
    t.deepEqual(cache.backend.takeTrace(), ["delete", "delete"]);
    // A later configuration that doesn't mention it changes nothing.
    configure("bystander", {});
    await f(5);
    t.is(f.loads.length, 5);
    cache.configure({ enabled: true });
    await f(5);
    await f(5);
    t.is(f.loads.length, 6);
  },
);

test("ZCACHE_DISABLED=1 does the same from outside, and takes precedence", async (t) => {
  const program = `
    const { configure } = require(${JSON.stringify(join(__dirname, "../../../runtime/cache/configure"))});
    const { wrap } = require(${JSON.stringify(join(__dirname, "../../../runtime/calls/cached-function"))});
    let loads = 0;
    const f = wrap(() => ({ name: "f", key: { text: () => "" } }), async () => ++loads);
    (async () => {
      await f(); await f();
      configure({ enabled: true });
      await f(); await f();
      console.log(loads);
    })();`;
  const run = async (value: string): Promise<string> => {
    const env = { ...process.env, ZCACHE_DISABLED: value };
    const args = ["-r", join(__dirname, "../../support/ts-node.cjs"), "-e", program];
    return (await promisify(execFile)(process.execPath, args, { env })).stdout.trim();
  };
  t.deepEqual(await Promise.all([run("1"), run("0")]), ["4", "2"]);
});

test.serial("a value of the variable disables unless it is empty, 0 or false", (t) => {
  const before = process.env["ZCACHE_DISABLED"];
  const disabled = [undefined, "", "0", "false", "1", "true", "yes"].map((value) => {
    if (value === undefined) delete process.env["ZCACHE_DISABLED"];
    else process.env["ZCACHE_DISABLED"] = value;
    return isDisabledByEnvironment();
  });
  delete process.env["ZCACHE_DISABLED"];
  if (before !== undefined) process.env["ZCACHE_DISABLED"] = before;
  t.deepEqual(disabled, [false, false, false, false, true, true, true]);
});
