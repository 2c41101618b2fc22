import { readFileSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import type { Redis } from "ioredis";
import { hold, MemoryBackend, RedisBackend, TieredBackend, transactional } from "../../../runtime";
import { inspectorScripts } from "../../../runtime/backends/redis/redis-inspector";
import { scripts } from "../../../runtime/backends/redis/redis-scripts";
import type { Backend } from "../../../runtime/backends/backend";
import { createCache, deferred, settled } from "../../support/cache";
import { type RedisServer, startRedis, until } from "../../support/redis";
import { template } from "../../support/templates";

/**
 * The rights that docs/redis.md and docs/tiers.md name: a server that grants a user exactly these
 * refuses nothing, and each of them is needed. Every feature that writes to Redis is used; the
 * server counts the commands.
 */

const page = (name: string): string =>
  readFileSync(join(__dirname, `../../../docs/${name}.md`), "utf8");
const [, rights = ""] = /^ACL SETUSER shop (.*)$/m.exec(page("redis")) ?? [];
const granted = Array.from(rights.matchAll(/\+(\S+)/g), ([, command = ""]) => command);
const [, tierRights = ""] = /An ACL user needs `([^`]+)`/.exec(page("tiers")) ?? [];
const tierGranted = Array.from(tierRights.matchAll(/\+(\S+)/g), ([, command = ""]) => command);
const studioRights = Array.from(
  /\[Studio\]\(studio\.md\) adds (.*)\. Without/.exec(page("redis"))?.[1]?.matchAll(/\+\w+/g) ?? [],
).join(" ");
const studioGranted = studioRights.split(" ").map((right) => right.slice(1));
/** Clients send these by themselves, as docs/redis.md says. */
const ofClients = ["auth", "client|setinfo", "info", "hello"];
/** Redis 7.0 doesn't know `CLIENT SETINFO`, and accepts no right to it. */
const ofClientsInRights = "+info +hello";
/** This file sends these as another user. */
const ofTest = ["acl|setuser", "acl|log", "config|resetstat", "ping", "select", "quit"];

test("the rights in the docs are those that the scripts and the backend need", (t) => {
  const called = scripts.flatMap(({ lua }) =>
    Array.from(lua.matchAll(/\b(?:redis\.)?p?call\("([A-Z]+)"/g), ([, command = ""]) =>
      command.toLowerCase(),
    ),
  );
  const sent = new Set([...called, "get", "mget", "set", "del", "time", "eval", "evalsha"]);
  t.deepEqual([...sent].sort(), granted.toSorted());
});

test.serial(
  "each command that the page names is used, and no other, by everything that RedisBackend does",
  async (t) => {
    const { client, used, refused } = await startAs(t, `${rights} ${ofClientsInRights}`);
    await useEverything(t, new RedisBackend(client));
    t.deepEqual(await refused(), []);
    t.deepEqual((await used()).sort(), granted.toSorted());
  },
);

test.serial("the same below a TieredBackend, with the rights that its page names", async (t) => {
  const { client, used, refused } = await startAs(
    t,
    `${rights} ${ofClientsInRights} ${tierRights} &__redis__:invalidate`,
  );
  const backend = new TieredBackend(new MemoryBackend(), new RedisBackend(client));
  await useEverything(t, backend);
  const { close } = backend as unknown as { close?(): Promise<void> };
  await close?.call(backend);
  t.deepEqual(await refused(), []);
  t.deepEqual(
    (await used()).filter((command) => !granted.includes(command)).sort(),
    tierGranted.filter((command) => !granted.includes(command)).sort(),
  );
});

test.serial("the same of Studio, with the rights that the page names for it", async (t) => {
  const { client, used, refused } = await startAs(
    t,
    `${rights} ${ofClientsInRights} ${studioRights}`,
  );
  const inspector = new RedisBackend(client).inspector();
  await inspector.putReport("one", "report", 10_000);
  await inspector.putReport("short", "report", 1);
  await until("it is over", async () => (await inspector.reports()).size === 1);
  await inspector.scan(null, "user:", 10);
  await inspector.keyCount();
  await inspector.ttl("user:1");
  t.deepEqual(await refused(), []);
  const called = inspectorScripts.flatMap(({ lua }) =>
    Array.from(lua.matchAll(/\bredis\.call\("([A-Z]+)"/g), ([, command = ""]) =>
      command.toLowerCase(),
    ),
  );
  const added = new Set(
    [...called, "scan", "dbsize"].filter((command) => !granted.includes(command)),
  );
  t.deepEqual([...added].sort(), studioGranted.toSorted());
  t.deepEqual(
    (await used()).filter((command) => !granted.includes(command)).sort(),
    studioGranted.toSorted(),
  );
});

interface Limited {
  readonly client: Redis;
  /** Returns the commands that arrived, without those of clients and of this test. */
  used(): Promise<string[]>;
  refused(): Promise<unknown[]>;
}

async function startAs(t: ExecutionContext, userRights: string): Promise<Limited> {
  const server: RedisServer = await startRedis();
  t.teardown(() => server.stop());
  const admin = server.client();
  await admin.call("ACL", "SETUSER", "shop", ...userRights.split(" "));
  await admin.config("RESETSTAT");
  const client = server.client({ username: "shop", password: "secret", keyPrefix: "shop:" });
  return {
    client,
    async used() {
      const stats = await admin.info("commandstats");
      const names = Array.from(
        stats.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm),
        ([, name = "", calls]) => [name, Number(calls)] as const,
      );
      return names
        .filter(([name, calls]) => calls > 0 && !ofClients.includes(name) && !ofTest.includes(name))
        .map(([name]) => name);
    },
    /**
     * Returns the refused commands, without those that newer servers have for what clients send by
     * themselves.
     */
    refused: async () =>
      ((await admin.acl("LOG")) as string[][]).filter(
        (entry) => !ofClients.includes(nameIn(entry)),
      ),
  };
}

/** Returns the command of an entry in the log of refusals, which is a list of names and values. */
function nameIn(entry: readonly string[]): string {
  return String(entry[entry.indexOf("object") + 1]);
}

async function useEverything(t: ExecutionContext, inner: Backend): Promise<void> {
  const cache = createCache(t, {
    inner,
    remote: true,
    lease: "30s",
    ttl: "20s",
    onOutage: "replay",
    deadline: "1h",
  });
  const tags = [template(["user:", ""], (id: unknown) => [id])];
  const user = cache.count(
    { name: "user", tags, staleMs: 60_000, staleIfErrorMs: 60_000 },
    async (id: number) => ({
      id,
    }),
  );
  const byAuthor = cache.count(
    {
      name: "by",
      resultTags: [template(["by:", ""], (result) => [(result as { id: number }).id])],
    },
    async (id: number) => ({ id }),
  );
  const many = cache.wrap({ name: "many", batch: "array" }, async (ids: number[]) => ids);
  let isDown = false;
  let gate: { readonly promise: Promise<void>; resolve(value: void): void } | null = null;
  const plain = cache.count({ name: "plain" }, async (id: number) => {
    await gate?.promise;
    if (isDown) throw new Error("down");
    return id;
  });
  const operations = <T extends object>(fn: T) =>
    fn as T & { refresh(id: number): Promise<unknown>; invalidate(id: number): Promise<void> };

  for (const id of [1, 2, 2]) await Promise.all([user(id), byAuthor(id), plain(id)]);
  await cache.idle();
  await many([1, 2, 3, 4, 5, 6, 7, 8]);
  await cache.idle();
  await many([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await many([11, 12, 13, 1]);
  await many([21, 22, 23, 1]);
  // The entry expires before the lease that a refresh takes. It gets its own expiry back when the
  // refresh fails.
  await operations(plain).refresh(1);
  isDown = true;
  await t.throwsAsync(operations(plain).refresh(1), { message: "down" });
  isDown = false;
  gate = deferred();
  const slow = plain(7);
  await until("the loader has begun", async () => plain.loads.at(-1)?.[0] === 7);
  for (let i = 0; i < 4; i++) {
    await settled();
    await cache.clock.advance(10_000);
  }
  gate.resolve();
  gate = null;
  await slow;
  await operations(user).refresh(1);
  await operations(user).invalidate(1);
  await cache.invalidateTag("user:2");
  const transaction = (): Promise<void> =>
    transactional(async () => {
      await hold({ tags: ["user:1", "by:1"], keys: ["plain|1"], cache: cache.name });
      await user(1);
      await byAuthor(1);
      await plain(1);
    });
  await Promise.all([transaction(), transaction()]);
  await user(1);
  await cache.idle();
  t.deepEqual(
    cache.events.filter(({ type }) => type === "fault" || type === "breaker"),
    [],
  );
}
