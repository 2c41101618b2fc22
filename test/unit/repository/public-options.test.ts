import test from "ava";
import { MemoryBackend } from "../../../runtime/backends/memory-backend";
import { RedisBackend } from "../../../runtime/backends/redis/redis-backend";
import { TieredBackend } from "../../../runtime/backends/tiered/tiered-backend";
import { resolveOptions } from "../../../runtime/cache/configure";
import { withCache } from "../../../runtime/calls/with-cache";
import { ConfigError } from "../../../runtime/errors";
import { invalidateTag, subscribe, verify } from "../../../runtime/index";
import { scoped as scopedDrizzle } from "../../../runtime/libraries/drizzle";
import { scoped as scopedKnex } from "../../../runtime/libraries/knex";
import { scoped as scopedKysely } from "../../../runtime/libraries/kysely";
import { transaction } from "../../../runtime/libraries/pg";
import { scoped as scopedPrisma } from "../../../runtime/libraries/prisma";
import { scoped as scopedTypeorm } from "../../../runtime/libraries/typeorm";
import { reportStats, traceCalls } from "../../../runtime/observability/opentelemetry";
import { optionNamesAt, options, type Place } from "../../../runtime/options";
import { backendContract, FakeClock, FaultyBackend, recordEvents } from "../../../runtime/testing";
import { hold, transactional, transactionalSync } from "../../../runtime/index";
import { resolvePluginOptions } from "../../../transformer/context/plugin-options";
import esbuild from "../../../transformer/hosts/esbuild";
import bun from "../../../transformer/hosts/bun";
import { createTransformer as jest } from "../../../transformer/hosts/jest";
import loader from "../../../transformer/hosts/loader";
import rolldown from "../../../transformer/hosts/rolldown";
import rollup from "../../../transformer/hosts/rollup";
import rspack from "../../../transformer/hosts/rspack";
import vite from "../../../transformer/hosts/vite";
import webpack from "../../../transformer/hosts/webpack";

type Call = (given: never) => unknown;

/** Says how each place is given options, and which values it must refuse. */
const places: Readonly<
  Record<Exclude<Place, "directive" | "plugin">, readonly [Call, wrong: readonly object[]]>
> = {
  configure: [
    resolveOptions,
    [
      { backend: {} },
      { namespace: "" },
      { ttl: 60 },
      { nullTtl: "" },
      { stale: "off" },
      { staleIfError: "soon" },
      { isFailure: true },
      { early: "yes" },
      { jitter: 0.6 },
      { verify: "often" },
      { timeout: "0s" },
      { onOutage: "wait" },
      { memory: "2y" },
      { codec: "xml" },
      { codecs: { own: {} } },
      { codecs: null },
      { enabled: 1 },
      { measure: "yes" },
      { onEvent: {} },
      { lease: "5" },
      { deadline: 250 },
      { breakerFailures: 0 },
      { breakerTime: "-1s" },
      { maxInFlight: Infinity },
      { clock: {} },
      { random: 4 },
      { studio: "yes" },
    ],
  ],
  "configure.verify": [
    (given) => resolveOptions({ verify: given }),
    [
      { share: 2 },
      { lag: 5 },
      { mostAtOnce: 0 },
      { shareOfLoads: -1 },
      { slow: "slow" },
      { lock: "" },
    ],
  ],
  "configure.studio": [(given) => resolveOptions({ studio: given }), [{ name: "" }, { name: 5 }]],
  MemoryBackend: [
    (given) => new MemoryBackend(given),
    [{ maxEntries: 0 }, { maxEntries: 2 ** 25 }, { maxBytes: "64MB" }, { clock: Date }],
  ],
  TieredBackend: [
    (given) => new TieredBackend({} as never, {} as never, given),
    [
      { prefixes: [] },
      { prefixes: "user:" },
      { maxLag: "10ms" },
      { onStateChange: "log" },
      { clock: null },
    ],
  ],
  transactional: [
    (given) => transactional(() => {}, given),
    [
      { independent: "yes" },
      { mayHaveCommitted: false },
      { overdue: 60 },
      { hold: { tags: "user" } },
      { hold: "user" },
    ],
  ],
  transactionalSync: [(given) => transactionalSync(() => {}, given), [{ independent: 1 }]],
  hold: [
    hold,
    [
      { tags: "user" },
      { tags: [""] },
      { keys: [5] },
      { tags: ["a"], cache: "" },
      { tags: ["a"], lease: "2h" },
      { tags: ["a"], onOutage: "wait" },
    ],
  ],
  withCache: [(given) => withCache(given, () => {}), [{ mode: "fresh" }, { signal: {} }]],
  invalidateTag: [(given) => invalidateTag("user", given), [{ cache: "" }, { cache: 5 }]],
  verify: [(given) => verify("1%", given), [{ cache: "" }, { cache: "unknown" }]],
  subscribe: [(given) => subscribe(() => {}, given), [{ cache: "" }, { cache: 5 }]],
  recordEvents: [recordEvents, [{ cache: {} }]],
  FaultyBackend: [
    (given) => new FaultyBackend(new MemoryBackend(), given),
    [{ name: "" }, { remote: "yes" }],
  ],
};

/** Returns what a call throws, or rejects with. */
async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return null;
  } catch (error) {
    return error;
  }
}

for (const [place, [call, wrong]] of Object.entries(places) as [
  keyof typeof places,
  [Call, object[]],
][]) {
  test(`${place} refuses a name that it doesn't have, and suggests the one that was meant`, async (t) => {
    for (const name of optionNamesAt(place)) {
      const misspelt = `${name}x`;
      const error = await errorOf(() => call({ [misspelt]: 1 } as never));
      t.true(error instanceof ConfigError, `${misspelt}: ${String(error)}`);
      t.is(
        (error as Error).message,
        `${place} has no option "${misspelt}". Did you mean "${name}"?`,
      );
    }
    const far = (await errorOf(() => call({ somethingElseEntirely: 1 } as never))) as Error;
    const known = optionNamesAt(place).join(", ");
    t.is(far.message, `${place} has no option "somethingElseEntirely". Options: ${known}.`);
  });

  test(`${place} refuses what is not an object of options, and impossible values`, async (t) => {
    const others = place === "configure.verify" ? [[]] : [null, [], 5, "text"];
    for (const given of [...others, ...wrong]) {
      const error = await errorOf(() => call(given as never));
      t.true(error instanceof ConfigError, `${JSON.stringify(given)}: ${String(error)}`);
      t.regex((error as Error).message, /but got: |There is no cache named|is not a codec/);
    }
  });

  test(`each option of ${place} is among the impossible values above`, (t) => {
    const tried = new Set(wrong.flatMap((one) => Object.keys(one)));
    t.deepEqual(
      optionNamesAt(place).filter((name) => !tried.has(name)),
      [],
    );
  });
}

test("every place in the table of options is tried", (t) => {
  const known = new Set(options.flatMap(({ places }) => places as readonly Place[]));
  t.deepEqual([...known].sort(), ["directive", "plugin", ...Object.keys(places)].sort());
});

test("functions without options refuse arguments that they would ignore, and arguments of another kind", async (t) => {
  const calls: Record<string, () => unknown> = {
    RedisBackend: () => Reflect.construct(RedisBackend, [{}, { keyPrefix: "a" }]),
    "RedisBackend takes a client": () => Reflect.construct(RedisBackend, [{ client: {} }]),
    drizzle: () => Reflect.apply(scopedDrizzle, null, [{}, {}]),
    knex: () => Reflect.apply(scopedKnex, null, [{}, {}]),
    kysely: () => Reflect.apply(scopedKysely, null, [{}, {}]),
    prisma: () => Reflect.apply(scopedPrisma, null, [{}, {}]),
    typeorm: () => Reflect.apply(scopedTypeorm, null, [{}, {}]),
    "pg: function": () => transaction({ query: async () => {} }, {} as never),
    "pg: statement": () =>
      transaction({ query: async () => {} }, async () => {}, {
        isolation: "serializable",
      } as never),
    traceCalls: () => traceCalls({} as never),
    reportStats: () => reportStats({} as never),
    FakeClock: () => new FakeClock("now" as never),
    backendContract: () => backendContract({} as never),
    "withCache: function": () => withCache({}, {} as never),
    "subscribe: function": () => subscribe({} as never),
  };
  for (const [name, call] of Object.entries(calls)) {
    const error = await errorOf(call);
    t.true(error instanceof ConfigError, `${name}: ${String(error)}`);
    t.regex((error as Error).message, /but got: /, name);
  }
});

test("each host refuses an option that it doesn't have, and suggests the one that was meant", (t) => {
  const load = (given: object): unknown =>
    loader.call({ resourcePath: __filename, getOptions: () => given, callback: () => {} }, "");
  const hosts: Record<string, (given: never) => unknown> = {
    esbuild,
    bun,
    rollup,
    rolldown,
    vite,
    webpack,
    rspack,
  };
  for (const [name, host] of Object.entries({ ...hosts, load, jest })) {
    const call = host as (given: unknown) => unknown;
    t.throws(
      () => call({ tsConfig: "a" }),
      { instanceOf: TypeError, message: /"tsConfig"\. Did you mean "tsconfig"\?$/ },
      name,
    );
    t.throws(
      () => call({ namespace: "v1" }),
      { message: /Options: .*plugin entry of tsconfig\.json\.$/ },
      name,
    );
    t.throws(() => call({ tsconfig: 5 }), { message: /must be the path of a tsconfig file/ }, name);
    for (const given of [[], "tsconfig.json"])
      t.throws(() => call(given), { message: /takes an object of options/ }, name);
  }
  t.throws(() => jest({ transformer: { name: "ts-jest" } } as never), {
    message: /"transformer" must be a module's name/,
  });
  for (const given of [[], null, "v1"])
    t.throws(() => resolvePluginOptions(given as never), {
      message: /must be an object of options/,
    });
});
