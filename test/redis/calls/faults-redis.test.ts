import test, { type ExecutionContext } from "ava";
import { Redis } from "ioredis";
import { wrap } from "../../../runtime/calls/cached-function";
import { cacheNamed, configure } from "../../../runtime/cache/configure";
import { BackendError } from "../../../runtime/errors";
import type { CacheEvent } from "../../../runtime/events";
import { MemoryBackend } from "../../../runtime/backends/memory-backend";
import { RedisBackend } from "../../../runtime/backends/redis/redis-backend";
import type { RedisClient } from "../../../runtime/backends/redis/redis-client";
import { TieredBackend } from "../../../runtime/backends/tiered/tiered-backend";
import { FakeClock } from "../../../runtime/testing/fake-clock";
import { startRedis, until } from "../../support/redis";
import { keyOver, template } from "../../support/templates";

const deadlineMs = 100;
const short = `${deadlineMs}ms`;
let count = 0;

/** This is a cache as a service has it, with short times. */
function createService(t: ExecutionContext, client: RedisClient, deadline = "2s") {
  const name = `redis ${++count}`;
  const events: CacheEvent[] = [];
  configure(name, {
    backend: new RedisBackend(client),
    deadline,
    breakerTime: "100ms",
    breakerFailures: 3,
    lease: "1s",
    onEvent: (event) => events.push(event),
  });
  let loads = 0;
  const plan = {
    name: "f",
    cache: name,
    key: keyOver((id: unknown) => [id]),
    tags: [template(["user:", ""], (id: unknown) => [id])],
  };
  const f = wrap(
    () => plan,
    async (id) => ({ id, load: ++loads }),
  ) as (id: number) => Promise<{ id: number; load: number }>;
  t.teardown(async () => cacheNamed(name).idle());
  return {
    f,
    faults: () => events.filter(({ type }) => type === "fault").length,
    /** A call, and whether it was answered from the store. */
    async isHit(id: number): Promise<boolean> {
      const before = loads;
      await f(id);
      return loads === before;
    },
  };
}

/** Calls return the loader's value after one failed read, and invalidations reject. */
async function assertOutage(
  t: ExecutionContext,
  { f, faults }: ReturnType<typeof createService>,
): Promise<void> {
  const before = faults();
  for (let i = 0; i < 8; i++) {
    const earlier = faults();
    t.is((await f(1)).id, 1);
    // Once the read fails nothing else is tried, so a call waits for one deadline at most.
    t.is(faults() - earlier, 1);
  }
  // Its caller relies on it, and what is stored could be neither replaced nor ended.
  await t.throwsAsync(f.refresh(1), { instanceOf: BackendError });
  t.true(faults() - before >= 8);
  await t.throwsAsync(f.invalidate(1), {
    instanceOf: BackendError,
    message: /^Could not invalidate "f\|1": redis /,
  });
  await t.throwsAsync(f.invalidateTag("user:1"), {
    instanceOf: BackendError,
    message: /^Could not invalidate the tag "user:1": redis /,
  });
}

async function assertRecovery(
  t: ExecutionContext,
  { f, isHit }: ReturnType<typeof createService>,
): Promise<void> {
  await until("entries are stored and read again", async () => (await f(2), isHit(2)));
  await f.invalidate(2);
  t.false(await isHit(2));
  await f.invalidateTag("user:2");
  t.false(await isHit(2));
}

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
    // It has its lease by then; it ends while the breaker is open, and can't be stored.
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

test.serial(
  "writes that a full Redis or a replica refuses open no breaker: hits stay hits",
  async (t) => {
    const server = await startRedis();
    t.teardown(() => server.stop());
    const admin = server.client();
    const client = server.client();
    const service = createService(t, client);
    await client.ping();
    for (const id of [1, 2]) await until("it is stored", () => service.isHit(id));
    await admin.config("SET", "maxmemory", "1");
    for (let id = 10; id < 30; id++) t.is((await service.f(id)).id, id);
    t.true(service.faults() > 0);
    t.true(await service.isHit(1));
    await service.f.invalidate(1);
    t.false(await service.isHit(1), "a full Redis deletes");
    await admin.config("SET", "maxmemory", "0");
    await until("it is stored", () => service.isHit(1));
    await admin.replicaof("127.0.0.1", 1);
    for (let id = 30; id < 50; id++) t.is((await service.f(id)).id, id);
    t.true(await service.isHit(1));
    await t.throwsAsync(service.f.invalidate(1), { instanceOf: BackendError, message: /READONLY/ });
    await admin.replicaof("NO", "ONE");
    await assertRecovery(t, service);
  },
);

/**
 * How a server comes to refuse writes, and how it takes them again; whether it still deletes
 * meanwhile.
 */
const refusals = {
  "a replica": {
    refuse: async (admin: Redis, other: number) => {
      await admin.replicaof("127.0.0.1", other);
      // It gives up what it had when it has what its master has, which is the same here.
      await until(
        "it follows",
        async () => (await admin.info("replication")).includes("master_link_status:up"),
        10_000,
      );
    },
    accept: (admin: Redis) => admin.replicaof("NO", "ONE"),
    deletes: false,
    why: /READONLY/,
  },
  "a master without enough replicas": {
    refuse: (admin: Redis) => admin.config("SET", "min-replicas-to-write", "1"),
    accept: (admin: Redis) => admin.config("SET", "min-replicas-to-write", "0"),
    deletes: false,
    why: /NOREPLICAS/,
  },
  "a full server": {
    refuse: (admin: Redis) => admin.config("SET", "maxmemory", "1"),
    accept: (admin: Redis) => admin.config("SET", "maxmemory", "0"),
    deletes: true,
    why: null,
  },
} as const;

for (const [what, { refuse, accept, deletes, why }] of Object.entries(refusals))
  for (const kind of ["one key", "a batch", "below a memory tier"] as const)
    test.serial(
      `refresh on ${what}, ${kind}: the old value has ended or it rejects, and so does invalidate`,
      async (t) => {
        const [server, other] = await Promise.all([
          startRedis(),
          startRedis({ args: ["--repl-diskless-sync-delay", "0"] }),
        ]);
        t.teardown(() => Promise.all([server.stop(), other.stop()]));
        const [admin, client] = [server.client(), server.client()];
        await client.ping();
        const redis = new RedisBackend(client);
        const tier =
          kind === "below a memory tier" ? new TieredBackend(new MemoryBackend(), redis) : null;
        t.teardown(() => tier?.close());
        const name = `refusals ${++count}`;
        configure(name, { backend: tier ?? redis, deadline: "2s", lease: "1s" });
        let source = "old";
        const plan = {
          name: "f",
          cache: name,
          key: keyOver((id: unknown) => [id]),
          tags: [template(["user:", ""], (id) => [id])],
        };
        const f = (
          kind === "a batch"
            ? wrap(
                () => ({ ...plan, batch: "array" as const }),
                async (ids) => (ids as number[]).map(() => source),
              )
            : wrap(
                () => ({ ...plan, memoryMs: 60_000 }),
                async () => source,
              )
        ) as { refresh(id: unknown): Promise<unknown>; invalidate(id: unknown): Promise<void> } & ((
          id: unknown,
        ) => Promise<unknown>);
        const id = kind === "a batch" ? [1, 2] : 1;
        const valueOf = (text: string): unknown => (kind === "a batch" ? [text, text] : text);
        t.deepEqual(await f(id), valueOf("old"));
        await cacheNamed(name).idle();
        // What a replica takes over from its master is the same entry.
        if (what === "a replica")
          for (const key of await admin.keys("*")) await copyKey(admin, other.client(), key);
        await refuse(admin, other.port);
        source = "new";
        if (deletes) {
          t.deepEqual(await f.refresh(id), valueOf("new"));
          t.deepEqual(await f(id), valueOf("new"), "the old entry has ended");
          await f.invalidate(id);
        } else {
          await t.throwsAsync(f.refresh(id), { instanceOf: BackendError, message: why });
          await t.throwsAsync(f.invalidate(id), { instanceOf: BackendError, message: why });
          t.deepEqual(await f(id), valueOf("old"), "it is served, as everybody was told");
        }
        await accept(admin);
        t.deepEqual(await f.refresh(id), valueOf("new"));
        t.deepEqual(await f(id), valueOf("new"));
        await cacheNamed(name).idle();
      },
    );

async function copyKey(from: Redis, to: Redis, key: string): Promise<void> {
  const bytes = await from.dumpBuffer(key);
  await to.restore(key, await from.pttl(key), bytes);
}

test.serial("a server that is killed, and another one in its place", async (t) => {
  const server = await startRedis();
  const client = server.client({ retryStrategy: () => 50 });
  const service = createService(t, client, short);
  // The connection is made within no deadline.
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

test.serial(
  "with a full server reads and invalidations continue, refreshed entries are deleted, and no caller waits",
  async (t) => {
    const server = await startRedis();
    t.teardown(() => server.stop());
    const client = server.client();
    const service = createService(t, client);
    // The connection is made within no deadline.
    await client.ping();
    await service.f(1);
    t.true(await service.isHit(1));
    await client.config("SET", "maxmemory", "1");
    t.true(await service.isHit(1));
    const before = await commands(client);
    for (let i = 0; i < 5; i++) t.false(await service.isHit(2));
    const sent = (await commands(client)) - before;
    // A call takes four commands. One that found a lease would ask for it again and again.
    t.true(sent <= 25, `${sent} commands`);
    t.is((await service.f.refresh(1)).id, 1);
    await service.f.invalidate(1);
    await client.config("SET", "maxmemory", "0");
    await assertRecovery(t, service);
  },
);

for (const [what, taken, message] of [
  ["scripts", ["-eval", "-evalsha"], /NOPERM .*eval.* The backend needs this command\.$/],
  [
    "a command within a script",
    ["-time"],
    /(can't run this command|time|NOPERM).* The backend needs this command\.$/,
  ],
] as const)
  test.serial(
    `without the right to run ${what} nothing that has tags is stored: with an event each time, or one warning if there is no listener`,
    async (t) => {
      const server = await startRedis();
      t.teardown(() => server.stop());
      await server.client().acl("SETUSER", "shop", "on", ">secret", "~*", "+@all", ...taken);
      const client = server.client({ username: "shop", password: "secret" });
      await client.ping();
      const cache = `no ${what}`;
      const warnings: Error[] = [];
      const note = (warning: Error): void => void warnings.push(warning);
      process.on("warning", note);
      t.teardown(() => process.off("warning", note));
      for (const onEvent of [undefined, () => {}]) {
        configure(cache, { backend: new RedisBackend(client), ...(onEvent && { onEvent }) });
        // On every server the version of a tag is made by a script.
        const tags = [template(["user:", ""], (id: unknown) => [id])];
        const plan = { name: "f", cache, key: keyOver((id: unknown) => [id]), tags };
        const f = wrap(
          () => plan,
          async (id) => id,
        ) as (id: number) => Promise<number>;
        for (let id = 0; id < 3; id++) {
          t.is(await f(id), id);
          await cacheNamed(cache).idle();
        }
        await new Promise((resolve) => setImmediate(resolve));
        t.is(warnings.length, 1);
      }
      t.regex(warnings[0]?.message ?? "", message);
    },
  );

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
  // No deadline passes on a busy machine. What keeps the deadlines of any batch is that little is
  // under way at once, which is counted.
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
    // It asks after 5, 10, 20, 40, 80, 160 and 320 ms, and then loads. A longer wait would take
    // more commands.
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
    for (const client of clients) createService(t, client);
    await Promise.all(clients.map((client) => client.ping()));
    let release!: () => void;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const plan = { name: "slow", key: keyOver(() => []) };
    const slow = (cache: string) =>
      wrap(
        () => ({ ...plan, cache }),
        async () => gate.then(() => "x"),
      ) as () => Promise<string>;
    const first = slow(`redis ${count - 1}`)();
    await until("the lease is taken", async () => (await clients[0].exists("slow|")) === 1);
    const before = await commands(clients[0]);
    const others = Array.from({ length: 50 }, slow(`redis ${count}`));
    await until("they have read", async () => (await commands(clients[0])) > before);
    release();
    t.deepEqual(new Set(await Promise.all([first, ...others])), new Set(["x"]));
    const sent = (await commands(clients[0])) - before;
    t.true(sent <= 20, `${sent} commands for 50 waiters`);
  },
);

async function commands(client: Redis): Promise<number> {
  const stats = await client.info("commandstats");
  const calls = [...stats.matchAll(/cmdstat_(?:get|mget|evalsha|eval):calls=(\d+)/g)];
  return calls.reduce((sum, [, count]) => sum + Number(count), 0);
}
