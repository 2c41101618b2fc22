import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { type Cluster, Command, type Redis, type RedisOptions } from "ioredis";
import { ConfigError } from "../../../runtime/errors";
import { randomId } from "../../../runtime/entry/id";
import { RedisBackend } from "../../../runtime/backends/redis/redis-backend";
import type { RedisClient } from "../../../runtime/backends/redis/redis-client";
import { backendContract, type Subject } from "../../support/backend-contract";
import { everyAnswer } from "../../support/every-answer";
import { type RedisCluster, type RedisServer, startCluster, startRedis } from "../../support/redis";
import { redisSubject } from "../../support/redis-subject";
import { mergeReads } from "../../support/watched-redis";

const prefix = "app:{x}:";
let server: RedisServer;
let cluster: RedisCluster;
const subjects = new Map<string, Subject>();

test.before(async () => {
  [server, cluster] = await Promise.all([startRedis(), startCluster()]);
  subjects.set("redis", createSubject(server.client()));
  subjects.set("redis with a keyPrefix", createSubject(server.client({ keyPrefix: "app:" })));
  subjects.set("redis cluster", createSubject(cluster.client()));
  subjects.set(
    "redis cluster with a keyPrefix",
    createSubject(cluster.client({ keyPrefix: "app:" })),
  );
});

test.after.always(async () => {
  await Promise.all([server?.stop(), cluster?.stop()]);
});

for (const name of [
  "redis",
  "redis with a keyPrefix",
  "redis cluster",
  "redis cluster with a keyPrefix",
]) {
  // The cases run one after the other, because among hundreds at once one would wait for longer
  // than its entries live.
  backendContract(name, () => subjects.get(name) as Subject, test.serial);
}

test.serial("two backends may share a client, which knows each script once", async (t) => {
  const client = server.client();
  const defined: string[] = [];
  const { defineCommand } = client;
  client.defineCommand = function (name, definition) {
    defined.push(name);
    return defineCommand.call(this, name, definition);
  };
  const [a, b] = [new RedisBackend(client), new RedisBackend(client)];
  t.is(new Set(defined).size, defined.length);
  t.true(defined.every((name) => name.startsWith("zcache")));
  const token = randomId();
  await a.acquire([{ key: "shared", token, leaseMs: 60_000, seenId: null, force: false }]);
  t.deepEqual(await b.renew([{ key: "shared", token, leaseMs: 60_000 }]), [true]);
});

test.serial("the client's keyPrefix stands in front of every key", async (t) => {
  const clean = await startRedis();
  const plain = clean.client();
  await useEverything(new RedisBackend(clean.client({ keyPrefix: prefix })));
  const keys = await plain.keys("*");
  t.deepEqual(keys.sort(), [`${prefix}entry`, `${prefix}lease`, `${prefix}tag`]);
  for (const key of keys) t.true((await plain.pttl(key)) > 0, key);
  await clean.stop();
});

test.serial("on a Cluster the keyPrefix stands in front of every key too", async (t) => {
  await useEverything(new RedisBackend(cluster.client({ keyPrefix: prefix })));
  await useEverything(new RedisBackend(cluster.client({ redisOptions: { keyPrefix: "inner:" } })));
  const keys = (await Promise.all(cluster.nodes.map((node) => node.client().keys("*")))).flat();
  for (const expected of [
    `${prefix}entry`,
    `${prefix}lease`,
    `${prefix}tag`,
    "inner:entry",
    "inner:lease",
    "inner:tag",
  ]) {
    t.true(keys.includes(expected), expected);
  }
});

test.serial(
  "on a Cluster a read that fails fails only the callers that want its key",
  async (t) => {
    const client = cluster.client();
    await client.lpush("list", "x");
    const reads = mergeReads(new RedisBackend(client));
    const [bad, good] = await Promise.allSettled([
      reads.read(["list", "fine"]),
      reads.read(["fine"]),
    ]);
    t.is(bad.status, "rejected");
    t.deepEqual(good, { status: "fulfilled", value: [null] });
  },
);

test.serial("a client that is closed makes every method reject", async (t) => {
  const client = server.client();
  await client.ping();
  client.disconnect();
  const backend = new RedisBackend(client);
  const token = randomId();
  const operations = [
    () => backend.read(["a"]),
    () => backend.read(["a", "b"]),
    () => backend.acquire([{ key: "a", token, leaseMs: 1, seenId: null, force: false }]),
    () => backend.write([{ key: "a", token, bytes: token, ttlMs: 1, versionKeys: ["tag"] }]),
    () => backend.delete(["a"]),
  ];
  for (const operation of operations)
    await t.throwsAsync(operation, { message: "Connection is closed." });
});

test.serial("anything but a client of ioredis is refused", (t) => {
  const message = (client: unknown): string | undefined =>
    t.throws(() => new RedisBackend(client as RedisClient), { instanceOf: ConfigError })?.message;
  const must =
    "RedisBackend: the client must be one of ioredis, iovalkey or node-redis (5 or 6), but got: ";
  t.is(message(undefined), `${must}undefined.`);
  t.is(message("redis://"), `${must}"redis://".`);
  t.is(message({ get: () => 1 }), `${must}an object.`);
  t.is(message(new Map()), `${must}an instance of Map.`);
});

test.serial("a Cluster that reads from replicas is refused", (t) => {
  const message = (scaleReads: "all" | "slave" | (() => never)): string | undefined =>
    t.throws(() => new RedisBackend(cluster.client({ scaleReads })), { instanceOf: ConfigError })
      ?.message;
  const must = 'RedisBackend: "scaleReads" of the Cluster must be "master", but got: ';
  const why =
    "A replica may not have received an invalidation yet, and would answer with the value that it removed.";
  t.is(message("slave"), `${must}"slave". ${why}`);
  t.is(message("all"), `${must}"all". ${why}`);
  t.is(
    message(() => t.fail()),
    `${must}a function. ${why}`,
  );
  t.notThrows(() => new RedisBackend(cluster.client({ scaleReads: "master" })));
});

test.serial(
  "a client that reads from a replica, is in monitor mode, is a pipeline or comes from ioredis-mock is refused by name",
  (t) => {
    const message = (client: unknown): string | undefined =>
      t.throws(() => new RedisBackend(client as RedisClient), { instanceOf: ConfigError })?.message;
    const lazy = (options: object): Redis => server.client({ ...options, lazyConnect: true });
    const sentinels = [{ host: "127.0.0.1", port: 1 }];
    t.regex(
      message(lazy({ sentinels, name: "shop", role: "slave" })) ?? "",
      /"role" of the client must be "master"/,
    );
    t.regex(message(lazy({ readOnly: true })) ?? "", /"readOnly" of the client must be false/);
    t.regex(
      message(cluster.client({ redisOptions: { readOnly: true } as object })) ?? "",
      /"readOnly"/,
    );
    t.regex(message(lazy({ monitor: true })) ?? "", /"monitor" of the client must be false/);
    t.regex(message(lazy({}).pipeline()) ?? "", /but got a pipeline/);
    const methods = { getBuffer() {}, mgetBuffer() {}, del() {}, time() {}, defineCommand() {} };
    t.regex(message({ ...methods, shaScripts: {}, keyData: {} }) ?? "", /ioredis-mock/);
  },
);

const clientOptions: Record<string, RedisOptions> = {
  stringNumbers: { stringNumbers: true },
  enableAutoPipelining: { enableAutoPipelining: true },
  "enableAutoPipelining and stringNumbers": { enableAutoPipelining: true, stringNumbers: true },
  "protocol 2": { protocol: 2 },
  "replyMapping resp3": { replyMapping: "resp3" },
  showFriendlyErrorStack: { showFriendlyErrorStack: true },
  "enableReadyCheck false": { enableReadyCheck: false },
  "maxRetriesPerRequest null": { maxRetriesPerRequest: null },
  "autoResendUnfulfilledCommands false": { autoResendUnfulfilledCommands: false },
  commandTimeout: { commandTimeout: 10_000 },
};

for (const [name, options] of Object.entries(clientOptions)) {
  test.serial(`a client with ${name}`, async (t) => {
    const own = await startRedis();
    t.teardown(() => own.stop());
    await everyAnswer(t, new RedisBackend(own.client(options)));
  });

  test.serial(`a Cluster with ${name}`, async (t) => {
    const { enableAutoPipelining = false, ...redisOptions } = options;
    const keyPrefix = `${randomUUID()}:`;
    const client = cluster.client({ enableAutoPipelining, keyPrefix, redisOptions });
    if (enableAutoPipelining && options.stringNumbers) {
      t.throws(() => new RedisBackend(client), {
        instanceOf: ConfigError,
        message: /"enableAutoPipelining" and "stringNumbers"/,
      });
      return;
    }
    await everyAnswer(t, new RedisBackend(client));
  });
}

test.serial("the commands that docs/redis.md names are enough", async (t) => {
  const own = await startRedis();
  t.teardown(() => own.stop());
  const page = readFileSync(join(__dirname, "../../../docs/redis.md"), "utf8");
  const [, rights = ""] = /^ACL SETUSER shop (.*)$/m.exec(page) ?? [];
  await own
    .client()
    .call("ACL", "SETUSER", "shop", ...rights.replace("~shop:*", "~a ~b ~c ~none ~tag").split(" "));
  const refused: string[] = [];
  const client = own.client({
    username: "shop",
    password: "secret",
    enableReadyCheck: false,
    disableClientInfo: true,
  });
  client.on("error", (error) => refused.push(error.message));
  await everyAnswer(t, new RedisBackend(client));
  t.deepEqual(refused, []);
});

test.serial("a reply that a transformer has changed is not a value", async (t) => {
  const transformers = (Command as unknown as { _transformer: { reply: Record<string, unknown> } })
    ._transformer.reply;
  const client = server.client();
  const backend = new RedisBackend(client);
  await client.set("transformed", "x");
  await backend.delete(["transformed"]);
  for (const name of ["get", "mget", "evalsha", "time"])
    Command.setReplyTransformer(name, (reply: unknown) => ({ reply }));
  t.teardown(() => {
    for (const name of ["get", "mget", "evalsha", "time"]) delete transformers[name];
  });
  const message = /is not one that Redis gives/;
  await t.throwsAsync(backend.read(["transformed"]), { message });
  await t.throwsAsync(backend.read(["transformed", "b"]), { message });
  await t.throwsAsync(backend.delete(["transformed"]), { message });
  await t.throwsAsync(backend.time(), { message });
});

async function useEverything(backend: RedisBackend): Promise<void> {
  const token = randomId();
  await backend.ensureVersions([{ key: "tag", seed: randomId(), ttlMs: 60_000 }]);
  await backend.acquire(
    ["entry", "lease", "gone"].map((key) => ({
      key,
      token,
      leaseMs: 60_000,
      seenId: null,
      force: false,
    })),
  );
  await backend.write([
    { key: "entry", token, bytes: Buffer.from("x"), ttlMs: 90_000, versionKeys: ["tag"] },
  ]);
  await backend.acquire([{ key: "entry", token, leaseMs: 60_000, seenId: null, force: true }]);
  await backend.renew([{ key: "lease", token, leaseMs: 60_000 }]);
  await backend.release([{ key: "gone", token }]);
  await backend.delete(["gone"]);
}

function createSubject(client: Redis | Cluster): Subject {
  return { backend: new RedisBackend(client), ...redisSubject(client) };
}
