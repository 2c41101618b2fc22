import test, { type ExecutionContext } from "ava";
import { configure, MemoryBackend, RedisBackend, TieredBackend } from "../../../runtime";
import { type Backend } from "../../../runtime/backends/backend";
import { type Inspector } from "../../../runtime/backends/inspector";
import { cacheNamed } from "../../../runtime/cache/configure";
import { randomId } from "../../../runtime/entry/id";
import { FakeClock } from "../../../runtime/testing/fake-clock";
import {
  type RedisCluster,
  type RedisServer,
  startCluster,
  startRedis,
  until,
} from "../../support/redis";
import { clusters, libraries, pools } from "../../support/redis-clients";

let server: RedisServer;
let cluster: RedisCluster;

test.before(async () => {
  [server, cluster] = await Promise.all([startRedis(), startCluster()]);
});
test.after.always(() => Promise.all([server?.stop(), cluster?.stop()]));

async function put(backend: Backend, key: string, ttlMs: number): Promise<void> {
  const token = randomId();
  await backend.acquire([{ key, token, leaseMs: 5_000, seenId: null, force: false }]);
  await backend.write([{ key, token, bytes: "1", ttlMs, versionKeys: [] }]);
}

async function walk(inspector: Inspector, prefix: string, count: number): Promise<string[]> {
  const found = new Set<string>();
  let cursor: string | null = null;
  do {
    const step: Awaited<ReturnType<Inspector["scan"]>> = await inspector.scan(
      cursor,
      prefix,
      count,
    );
    for (const key of step.keys) found.add(key);
    ({ cursor } = step);
  } while (cursor !== null);
  return [...found].sort();
}

async function lookInto(t: ExecutionContext, backend: Backend): Promise<void> {
  const inspector = backend.inspector?.() as Inspector;
  t.is(backend.inspector?.(), inspector);
  const keys = Array.from({ length: 300 }, (_, i) => `[a*]:${i}`);
  for (const key of [...keys, "ab:1", "<b>__proto__</b>"]) await put(backend, key, 60_000);
  t.deepEqual(await walk(inspector, "[a*]:", 20), keys.toSorted());
  t.deepEqual(await walk(inspector, "<b>", 20), ["<b>__proto__</b>"]);
  t.true(((await inspector.keyCount()) ?? 0) >= keys.length + 2);
  const ttl = (await inspector.ttl("ab:1")) ?? 0;
  t.true(ttl > 30_000 && ttl <= 60_000, String(ttl));
  t.is(await inspector.ttl("nothing"), null);

  t.deepEqual([...(await inspector.reports())], []);
  await inspector.putReport("one", '{"a":"ä\u0000"}', 60_000);
  await inspector.putReport("two", "second", 60_000);
  await inspector.putReport("one", "newer", 60_000);
  t.deepEqual(
    [...(await inspector.reports())].sort(),
    [
      ["one", "newer"],
      ["two", "second"],
    ].sort(),
  );
}

for (const library of [...libraries, ...pools, ...clusters]) {
  test.serial(`the inspector of Redis works through ${library.name}`, async (t) => {
    const isOnCluster = clusters.includes(library);
    const keyPrefix = library.hasKeyPrefix ? "shop*:" : "";
    const { port } = isOnCluster ? (cluster.nodes[0] as RedisServer) : server;
    for (const node of [server, ...cluster.nodes]) await node.client().flushall();
    const { client, destroy } = await library.connect(port, { keyPrefix });
    t.teardown(destroy);
    await lookInto(t, new RedisBackend(client));
  });
}

test.serial(
  "all backends on one client leave their reports at one place, under the client's keyPrefix",
  async (t) => {
    const client = server.client({ keyPrefix: "shop:" });
    await client.flushall();
    const inspector = new RedisBackend(client).inspector();
    t.is(new RedisBackend(client).inspector(), inspector);
    await inspector.putReport("one", "report", 60_000);
    t.deepEqual(await server.client().keys("*"), ["shop:studio~"]);
  },
);

test.serial("a report that is not made again disappears, while others stay", async (t) => {
  const client = server.client();
  await client.flushall();
  const inspector = new RedisBackend(client).inspector();
  await inspector.putReport("dead", "report", 20);
  await inspector.putReport("living", "report", 60_000);
  await until("the dead one is gone", async () => !(await inspector.reports()).has("dead"));
  t.deepEqual([...(await inspector.reports()).keys()], ["living"]);
  t.is(await client.hlen("studio~"), 2);
  await inspector.putReport("other", "report", 20);
  const ttl = await client.pttl("studio~");
  t.true(ttl > 30_000 && ttl <= 60_000, "the hash lasts as long as its last report");
});

test.serial(
  "bytes that another program has put in place of reports are an error, and stay",
  async (t) => {
    const client = server.client();
    await client.flushall();
    await client.set("studio~", "another's");
    const inspector = new RedisBackend(client).inspector();
    await t.throwsAsync(inspector.putReport("one", "report", 1_000), { message: /WRONGTYPE/ });
    await t.throwsAsync(inspector.reports(), { message: /WRONGTYPE/ });
    t.is(await client.get("studio~"), "another's");
  },
);

test("the inspector of memory works", async (t) => {
  const clock = new FakeClock();
  const backend = new MemoryBackend({ clock });
  await lookInto(t, backend);
  const inspector = backend.inspector();
  t.deepEqual(inspector.memory?.(), {
    entries: 302,
    bytes: inspector.memory?.().bytes ?? 0,
    maxBytes: 67_108_864,
  });
  t.true((inspector.memory?.().bytes ?? 0) > 302 * 450);
  await clock.advance(59_000);
  await inspector.putReport("three", "third", 2_000);
  await clock.advance(1_500);
  t.deepEqual([...(await inspector.reports()).keys()], ["three"]);
  t.is(await inspector.ttl("ab:1"), null);
});

test("a walk over memory visits each key that stays, whatever is read and stored meanwhile", async (t) => {
  const backend = new MemoryBackend();
  const inspector = backend.inspector();
  const keys = Array.from({ length: 100 }, (_, i) => `k${i}`);
  for (const key of keys) await put(backend, key, 60_000);
  const found = new Set<string>();
  let cursor: string | null = null;
  do {
    const step: Awaited<ReturnType<Inspector["scan"]>> = await inspector.scan(cursor, "k", 7);
    for (const key of step.keys) found.add(key);
    ({ cursor } = step);
    await backend.read(["k50", "k3"]);
    await put(backend, `new${found.size}`, 60_000);
  } while (cursor !== null);
  t.deepEqual([...found].sort(), keys.toSorted());
});

test("walks that are never ended don't take memory forever", async (t) => {
  const backend = new MemoryBackend();
  const inspector = backend.inspector();
  for (const key of ["a", "b"]) await put(backend, key, 60_000);
  const { cursor } = await inspector.scan(null, "", 1);
  for (let i = 0; i < 10; i++) await inspector.scan(null, "", 1);
  await t.throwsAsync(inspector.scan(cursor, "", 1), { message: /walk/ });
});

test.serial(
  "the inspector of a tier shows the Redis behind it, and the tier's state",
  async (t) => {
    const client = server.client();
    await client.flushall();
    const backend = new TieredBackend(new MemoryBackend(), new RedisBackend(client));
    t.teardown(() => backend.close());
    await lookInto(t, backend);
    const inspector = backend.inspector();
    await until("the tier is live", async () => inspector.tier?.().state === "live");
    t.true((inspector.tier?.().lagMs ?? -1) >= 0);
    t.is(inspector.memory?.().entries, 0);
  },
);

test("a user's own backend is inspected if it has an inspector, whatever that answers", (t) => {
  class Own extends MemoryBackend {}
  const inspectorOf = (backend: Backend): Inspector | null => {
    configure("own", { backend });
    return cacheNamed("own").inspector;
  };
  const own = new Own();
  t.is(inspectorOf(own), own.inspector());
  const broken = (inspector: unknown): Backend =>
    Object.assign<Backend, object>(new Own(), { inspector });
  t.is(inspectorOf(broken(undefined)), null);
  t.is(inspectorOf(broken(() => ({}))), null);
  t.is(
    inspectorOf(
      broken(() => {
        throw new Error("mistake");
      }),
    ),
    null,
  );
});
