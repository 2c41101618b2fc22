import test from "ava";
import { Redis } from "ioredis";
import { wrap } from "../../../runtime/calls/cached-function";
import { cacheNamed, configure } from "../../../runtime/cache/configure";
import type { CacheEvent } from "../../../runtime/events";
import { RedisBackend } from "../../../runtime/backends/redis/redis-backend";
import { FakeClock } from "../../../runtime/testing/fake-clock";
import { startRedis, until } from "../../support/redis";
import { keyOver } from "../../support/templates";
import { assertOutage, assertRecovery, commands, createService, short } from "./redis-service";

test.serial("a frozen server, and one that is thawed", async (t) => {
  const server = await startRedis();
  t.teardown(() => server.stop());
  const client = server.client();
  const service = createService(t, client, short);
  await client.ping();
  await until("it is stored", () => service.isHit(1));
  server.freeze();
  await assertOutage(t, service);
  server.thaw();
  await assertRecovery(t, service);
});

test.serial(
  "a short freeze leaves no lease behind, even if the breaker is open when it ends",
  async (t) => {
    const server = await startRedis();
    t.teardown(() => server.stop());
    const admin = server.client();
    const client = server.client();
    const events: CacheEvent[] = [];
    const backend = new RedisBackend(client);
    const onEvent = (event: CacheEvent): void => void events.push(event);
    configure("freeze", {
      backend,
      deadline: short,
      breakerTime: "1m",
      breakerFailures: 3,
      lease: "1m",
      onEvent,
    });
    const gate: { open?: () => void } = {};
    const opened = new Promise<void>((resolve) => (gate.open = resolve));
    const plan = { name: "f", cache: "freeze", key: keyOver((id: unknown) => [id]) };
    const f = wrap(
      () => plan,
      async (id) => (id === "held" ? opened.then(() => id) : id),
    ) as (id: unknown) => Promise<unknown>;
    t.teardown(async () => cacheNamed("freeze").idle());
    // The call has its lease by then. It ends while the breaker is open, and its value can't be
    // stored.
    const held = f("held");
    await until("the lease is taken", async () => (await admin.exists("f|held")) === 1);
    await admin.client("PAUSE", 60_000, "WRITE");
    t.deepEqual(await Promise.all(Array.from({ length: 18 }, (_, id) => f(id))), [
      ...Array(18).keys(),
    ]);
    await until("the breaker is open", async () =>
      events.some((event) => event.type === "breaker"),
    );
    gate.open?.();
    t.is(await held, "held");
    await admin.call("CLIENT", "UNPAUSE");
    await until("nobody holds a lease", async () => (await admin.keys("f|*")).length === 0, 5_000);
    const last = events.filter((event) => event.type === "breaker").at(-1);
    t.is(last?.state, "open");
  },
);

test.serial("a server that is killed, and another one in its place", async (t) => {
  const server = await startRedis();
  const client = server.client({ retryStrategy: () => 50 });
  const service = createService(t, client, short);
  // The connection is made without a deadline.
  await client.ping();
  await until("it is stored", () => service.isHit(1));
  await server.kill();
  await assertOutage(t, service);
  const next = await startRedis({ port: server.port });
  t.teardown(() => next.stop());
  await assertRecovery(t, service);
  await server.stop();
});

test.serial("a server that was never there, and comes later", async (t) => {
  const gone = await startRedis();
  await gone.stop();
  const client = new Redis({ host: "127.0.0.1", port: gone.port, retryStrategy: () => 50 });
  client.on("error", () => {});
  t.teardown(() => client.disconnect());
  const service = createService(t, client, short);
  await assertOutage(t, service);
  const server = await startRedis({ port: gone.port });
  t.teardown(() => server.stop());
  await assertRecovery(t, service);
});

test.serial("a batch of 50,000 ids is stored, read and invalidated without a fault", async (t) => {
  const server = await startRedis();
  t.teardown(() => server.stop());
  const client = server.client();
  await client.ping();
  const keysAtOnce = countKeysAtOnce(client);
  const troubles: string[] = [];
  const onEvent = (event: CacheEvent): void => {
    if (["fault", "breaker", "drop"].includes(event.type)) troubles.push(event.type);
  };
  // No deadline expires, even on a busy machine. A batch keeps its deadlines because few keys are
  // under way at once, and the test counts them.
  configure("large", { backend: new RedisBackend(client), onEvent, clock: new FakeClock() });
  const loads: number[] = [];
  const plan = {
    name: "f",
    cache: "large",
    batch: "array",
    key: keyOver((id: unknown) => [id]),
  } as const;
  const f = wrap(
    () => plan,
    async (ids) => (loads.push((ids as number[]).length), ids),
  ) as unknown as { (ids: number[]): Promise<number[]>; invalidate(ids: number[]): Promise<void> };
  const ids = Array.from({ length: 50_000 }, (_, i) => i);
  for (let turn = 0; turn < 2; turn++) {
    t.deepEqual(await f(ids), ids);
    await cacheNamed("large").idle();
  }
  t.deepEqual(loads, [50_000], "all are hits the second time");
  await f.invalidate(ids);
  t.is(await server.client().dbsize(), 0);
  t.deepEqual(troubles, []);
  t.deepEqual(keysAtOnce, { mget: 4_096, evalsha: 512 });
});

/** Returns the most keys of each command that were on their way to the server at once. */
function countKeysAtOnce(client: Redis): Record<string, number> {
  const most: Record<string, number> = {};
  const current: Record<string, number> = {};
  const { sendCommand } = client;
  client.sendCommand = function (command, ...rest) {
    const name = command.name.toLowerCase();
    const count = name === "evalsha" ? Number(command.args[1]) : command.args.length;
    current[name] = (current[name] ?? 0) + count;
    most[name] = Math.max(most[name] ?? 0, current[name]);
    const end = (): void => void (current[name] = (current[name] ?? 0) - count);
    command.promise.then(end, end);
    return sendCommand.call(this, command, ...rest);
  };
  return most;
}

test.serial(
  "a key of another type is loaded each time, and is not an outage for other keys",
  async (t) => {
    const server = await startRedis();
    t.teardown(() => server.stop());
    const client = server.client();
    await client.lpush("f|1", "x");
    const service = createService(t, client);
    for (let i = 0; i < 5; i++) t.false(await service.isHit(1));
    await service.f(2);
    t.true(await service.isHit(2));
    await service.f.invalidate(1);
    await service.f(1);
    t.true(await service.isHit(1));
  },
);

test.serial("the text QUEUED at a key is a miss and an event, and not an outage", async (t) => {
  const server = await startRedis();
  t.teardown(() => server.stop());
  const client = server.client();
  await client.set("f|1", "QUEUED");
  const events: string[] = [];
  configure("queued", {
    backend: new RedisBackend(client),
    onEvent: ({ type }) => events.push(type),
  });
  const plan = { name: "f", cache: "queued", key: keyOver((id: unknown) => [id]) };
  const f = wrap(
    () => plan,
    async (id) => ({ id }),
  ) as (id: number) => Promise<unknown>;
  for (let call = 0; call < 2; call++) {
    t.deepEqual(await f(1), { id: 1 });
    await cacheNamed("queued").idle();
  }
  t.deepEqual(events, ["unusable", "miss", "load", "store", "hit"]);
});

test.serial(
  "a process that died while loading delays another one by at most the lease",
  async (t) => {
    const server = await startRedis();
    t.teardown(() => server.stop());
    const client = server.client();
    const dead = new RedisBackend(server.client());
    await client.ping();
    await client.set("as long as the lease", "1", "PX", 500);
    await dead.acquire([
      { key: "f|1", token: "11111111", leaseMs: 500, seenId: null, force: false },
    ]);
    const service = createService(t, client);
    const before = await commands(client);
    t.false(await service.isHit(1));
    t.is(await client.exists("as long as the lease"), 0);
    // The caller asks after 5, 10, 20, 40, 80, 160 and 320 ms, and then loads. A longer wait would
    // take more commands.
    const sent = (await commands(client)) - before;
    t.true(sent <= 13, `${sent} commands`);
    t.true(await service.isHit(1));
  },
);

test.serial(
  "waiters of another process get the value with few commands, and joiners' reads are one",
  async (t) => {
    const server = await startRedis();
    t.teardown(() => server.stop());
    const clients = [server.client(), server.client()] as const;
    const caches = clients.map((client) => createService(t, client).cache) as [string, string];
    await Promise.all(clients.map((client) => client.ping()));
    let release!: () => void;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const plan = { name: "slow", key: keyOver(() => []) };
    const slow = (cache: string) =>
      wrap(
        () => ({ ...plan, cache }),
        async () => gate.then(() => "x"),
      ) as () => Promise<string>;
    const first = slow(caches[0])();
    await until("the lease is taken", async () => (await clients[0].exists("slow|")) === 1);
    const before = await commands(clients[0]);
    const others = Array.from({ length: 50 }, slow(caches[1]));
    await until("they have read", async () => (await commands(clients[0])) > before);
    release();
    t.deepEqual(new Set(await Promise.all([first, ...others])), new Set(["x"]));
    const sent = (await commands(clients[0])) - before;
    t.true(sent <= 20, `${sent} commands for 50 waiters`);
  },
);
