import test from "ava";
import type { Redis } from "ioredis";
import { wrap } from "../../../runtime/calls/cached-function";
import { cacheNamed, configure } from "../../../runtime/cache/configure";
import { BackendError } from "../../../runtime/errors";
import { MemoryBackend } from "../../../runtime/backends/memory-backend";
import { RedisBackend } from "../../../runtime/backends/redis/redis-backend";
import { TieredBackend } from "../../../runtime/backends/tiered/tiered-backend";
import { startRedis, until } from "../../support/redis";
import { keyOver, template } from "../../support/templates";
import { assertRecovery, commands, createService } from "./redis-service";

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
 * Each case says how a server begins to refuse writes, how it accepts them again, and whether it
 * still deletes meanwhile.
 */
const refusals = {
  "a replica": {
    refuse: async (admin: Redis, other: number) => {
      await admin.replicaof("127.0.0.1", other);
      // A replica discards its own keys when it has those of its master, which are the same here.
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
        const name = `refresh on ${what}, ${kind}`;
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
        // The entry that a replica takes over from its master is the same one.
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

test.serial(
  "with a full server reads and invalidations continue, refreshed entries are deleted, and no caller waits",
  async (t) => {
    const server = await startRedis();
    t.teardown(() => server.stop());
    const client = server.client();
    const service = createService(t, client);
    // The connection is made without a deadline.
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
        // On every server a script creates the version of a tag.
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
