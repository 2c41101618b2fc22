import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { type Cluster, Command, type Redis, type RedisOptions } from "ioredis";
import type { Values } from "../../../runtime/backends/backend";
import { ConfigError } from "../../../runtime/errors";
import { Outbox } from "../../../runtime/backends/outbox";
import { randomId } from "../../../runtime/entry/id";
import { RedisBackend } from "../../../runtime/backends/redis/redis-backend";
import type { RedisClient } from "../../../runtime/backends/redis/redis-client";
import { backendContract, type Subject } from "../../support/backend-contract";
import { entry, everyAnswer, everyMethod, lease } from "../../support/every-answer";
import {
  type RedisCluster,
  type RedisServer,
  startCluster,
  startRedis,
  until,
} from "../../support/redis";

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
  // Among hundreds of cases at once one would wait for longer than it allows its entries to live.
  backendContract(name, () => subjects.get(name) as Subject, test.serial);
}

/** Reads as a cache makes them, without its guard. */
function mergeReads(backend: RedisBackend) {
  const outbox = new Outbox(
    backend,
    (keys, resolve, reject) => void backend.read(keys).then(resolve, reject),
  );
  return {
    read: (keys: readonly string[]) =>
      new Promise<Values>((resolve, reject) =>
        outbox.read(keys, (answers, error) => (error ? reject(error) : resolve(answers as Values))),
      ),
  };
}

test.serial("the reads of one tick are one MGET that names each key once", async (t) => {
  const { backend, stop, takeCommands } = await startWatched();
  const reads = mergeReads(backend);
  await Promise.all([
    reads.read(["a", "b"]),
    reads.read(["b", "c", "b"]),
    // Reached at other depths of `await`, as callers that run the same code do.
    Promise.resolve().then(() => reads.read(["d"])),
    (async () => {
      for (let i = 0; i < 20; i++) await null;
      return reads.read(["a"]);
    })(),
  ]);
  t.deepEqual(await takeCommands(), [["mget", "a", "b", "c", "d"]]);
  await stop();
});

test.serial("a read of one key is a GET, however many callers want it", async (t) => {
  const { backend, stop, takeCommands } = await startWatched();
  const reads = mergeReads(backend);
  const values = await Promise.all([reads.read(["a"]), reads.read(["a"]), reads.read(["a", "a"])]);
  t.deepEqual(values, [[null], [null], [null, null]]);
  t.deepEqual(await takeCommands(), [["get", "a"]]);
  await stop();
});

test.serial("a read never joins a command that was sent before it", async (t) => {
  const { backend, stop, takeCommands } = await startWatched();
  const reads = mergeReads(backend);
  const first = reads.read(["a"]);
  await new Promise((resolve) => process.nextTick(() => process.nextTick(resolve)));
  const second = reads.read(["a"]);
  await Promise.all([first, second]);
  t.deepEqual(await takeCommands(), [
    ["get", "a"],
    ["get", "a"],
  ]);
  await stop();
});

test.serial("no MGET names more than 512 keys", async (t) => {
  const { backend, stop, takeCommands } = await startWatched();
  const reads = mergeReads(backend);
  const keys = Array.from({ length: 1_200 }, (_, i) => `key:${i}`);
  t.is((await Promise.all([reads.read(keys), reads.read(keys.slice(500))]))[0]?.length, 1_200);
  t.deepEqual(
    (await takeCommands()).map((command) => [command[0], command.length - 1]),
    [
      ["mget", 512],
      ["mget", 512],
      ["mget", 176],
    ],
  );
  await stop();
});

test.serial("each method is one round trip: nothing is sent after the first answer", async (t) => {
  const { client, backend, stop } = await startWatched();
  const keys = Array.from({ length: 300 }, (_, i) => `key:${i}`);
  const token = randomId();
  const acquire = () =>
    backend.acquire(
      keys.map((key) => ({ key, token, leaseMs: 60_000, seenId: null, force: false })),
    );
  const operations = [
    acquire,
    () => backend.renew(keys.map((key) => ({ key, token, leaseMs: 60_000 }))),
    () =>
      backend.write(
        keys.map((key) => ({
          key,
          token,
          bytes: Buffer.from("x"),
          ttlMs: 1_000,
          versionKeys: ["tag"],
        })),
      ),
    () => backend.release(keys.map((key) => ({ key, token }))),
    () => backend.delete(keys),
    () => backend.holdKeys(keys.map((key) => ({ key, token, leaseMs: 60_000 }))),
    () => backend.endHolds(keys.map((key) => ({ key, token }))),
    () => backend.readAndLease(keys, { token, leaseMs: 60_000, count: 200 }),
    () => backend.ensureVersions(keys.map((key) => ({ key, seed: randomId(), ttlMs: 1_000 }))),
  ];
  // The first time a script is sent, it is sent in full; that makes no difference here.
  for (const operation of operations) {
    let sent = 0;
    const sendCommand = client.sendCommand;
    client.sendCommand = function (...args) {
      sent++;
      return sendCommand.apply(this, args);
    };
    let sentBefore = 0;
    client.stream.prependOnceListener("data", () => (sentBefore = sent));
    await operation();
    t.true(sentBefore > 0);
    t.is(sent, sentBefore);
    client.sendCommand = sendCommand;
  }
  await stop();
});

test.serial(
  "what is written goes behind the reads of other keys in its tick, and before those of its own",
  async (t) => {
    const { backend, stop, takeCommands } = await startWatched();
    const reads = mergeReads(backend);
    const token = randomId();
    // A script that the server doesn't know yet is sent in full.
    const names = async () =>
      (await takeCommands()).map(([name]) => name?.replace("evalsha", "eval"));
    await backend.acquire([lease("a", token), lease("b", token)]);
    await names();
    let done = backend.write([entry("a", token)]);
    await reads.read(["other"]);
    t.deepEqual(await done, [true]);
    t.deepEqual(await names(), ["get", "eval"]);
    done = backend.write([entry("b", token, "y")]);
    t.deepEqual(await reads.read(["other", "b"]), [null, Buffer.from("y")]);
    t.deepEqual(await done, [true]);
    t.deepEqual(await names(), ["eval", "mget"]);
    await stop();
  },
);

test.serial("whatever else is asked about a key goes behind what is written there", async (t) => {
  const { client, backend, stop } = await startWatched();
  const token = randomId();
  const operations: (() => Promise<unknown>)[] = [
    () => backend.acquire([lease("a", token)]),
    () => backend.acquire([lease("a", token), lease("b", token)]),
    () => backend.readAndLease(["b", "a"], { token, leaseMs: 60_000, count: 2 }),
    () => backend.renew([{ key: "a", token, leaseMs: 60_000 }]),
    () => backend.release([{ key: "a", token }]),
    () => backend.ensureVersions([{ key: "a", seed: token, ttlMs: 60_000 }]),
    () => backend.delete(["a"]),
    () => new RedisBackend(client).delete(["a"]),
  ];
  for (const operation of operations) {
    await backend.delete(["a"]);
    await backend.acquire([lease("a", token)]);
    const done = backend.write([entry("a", token)]);
    await operation();
    t.deepEqual(await done, [true], String(operation));
  }
  await stop();
});

test.serial("what was written before the client is closed is stored", async (t) => {
  const other = server.client();
  for (const close of ["quit", "disconnect"] as const) {
    const client = server.client();
    const backend = new RedisBackend(client);
    const token = randomId();
    await backend.acquire([lease(close, token)]);
    // Its answer may be lost with the connection.
    backend.write([entry(close, token)]).catch(() => {});
    await client[close]();
    await until("it is stored", async () => (await other.get(close)) === "x");
  }
  t.pass();
});

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

test.serial("the scripts survive SCRIPT FLUSH", async (t) => {
  const { client, backend, stop } = await startWatched();
  const token = randomId();
  for (let i = 0; i < 2; i++) {
    await backend.acquire([{ key: "key", token, leaseMs: 60_000, seenId: null, force: false }]);
    await client.script("FLUSH");
  }
  t.deepEqual(await backend.renew([{ key: "key", token, leaseMs: 60_000 }]), [true]);
  await stop();
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

test.serial("one key of another type fails its own request and no other", async (t) => {
  const { client, backend, stop } = await startWatched();
  await client.lpush("list", "x");
  const token = randomId();
  const request = (key: string) => ({ key, token, leaseMs: 60_000, seenId: null, force: false });
  await t.throwsAsync(backend.acquire([request("a"), request("list"), request("b")]), {
    message: /^WRONGTYPE/,
  });
  t.deepEqual(await backend.renew([request("a"), request("b")]), [true, true]);
  await t.throwsAsync(backend.read(["list"]), { message: /^WRONGTYPE/ });
  await stop();
});

test.serial(
  "a read with leases ignores values of another type, and takes no lease where Redis is full",
  async (t) => {
    const { client, backend, stop } = await startWatched();
    await client.lpush("list", "x");
    const request = { token: randomId(), leaseMs: 60_000, count: 3 };
    const leased = [true, false, true];
    for (const what of ["sent", "sent again, after a broken connection"])
      t.deepEqual(
        await backend.readAndLease(["a", "list", "b"], request),
        { values: [null, null, null], leased },
        what,
      );
    t.deepEqual(await client.lrange("list", 0, -1), ["x"]);
    const requests = ["a", "list", "b"].map((key) => ({
      ...request,
      key,
      bytes: "x",
      ttlMs: 60_000,
      versionKeys: [],
    }));
    t.deepEqual(
      await backend.write(requests.map((each) => ({ ...each, leaseOnly: true }))),
      leased,
    );
    await client.config("SET", "maxmemory", "1");
    const full = await backend.readAndLease(["a", "c"], {
      ...request,
      token: randomId(),
      count: 2,
    });
    t.deepEqual(full, { values: [Buffer.from("x"), null], leased: [false, false] });
    await client.config("SET", "maxmemory", "0");
    t.is(await client.exists("c"), 0);
    await stop();
  },
);

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

test.serial(
  "while a transaction is open on the client everything rejects, and nothing is mistaken for an answer",
  async (t) => {
    const client = server.client();
    const backend = new RedisBackend(client);
    const key = "in transaction";
    await client.multi({ pipeline: false });
    for (const [what, method] of Object.entries(everyMethod(backend, key)))
      await t.throwsAsync(method, { message: /was queued by a transaction \(MULTI\)/ }, what);
    await client.discard();
    t.deepEqual(await backend.read([key]), [null]);
  },
);

test.serial(
  "a value whose text is QUEUED is a value: it is distinguished from the answer of a server with an open transaction",
  async (t) => {
    const { backend, client, stop, takeCommands } = await startWatched();
    await client.mset("a", "QUEUED", "b", "other");
    await takeCommands();
    t.deepEqual(await backend.read(["a"]), [Buffer.from("QUEUED")]);
    t.deepEqual(await takeCommands(), [
      ["get", "a"],
      ["mget", "a"],
    ]);
    t.deepEqual(await backend.read(["a", "b"]), [Buffer.from("QUEUED"), Buffer.from("other")]);
    t.deepEqual(await takeCommands(), [["mget", "a", "b"]]);
    await client.multi({ pipeline: false });
    await t.throwsAsync(backend.read(["a"]), { message: /was queued by a transaction \(MULTI\)/ });
    await stop();
  },
);

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

/** A server of its own, whose commands can be seen. */
async function startWatched() {
  const own = await startRedis();
  const client = own.client();
  const seen: string[][] = [];
  const monitor = await own.client().monitor();
  monitor.on("monitor", (_time: string, args: string[], source: string) => {
    if (source !== "lua") seen.push(args);
  });
  await client.ping();
  return {
    client,
    backend: new RedisBackend(client),
    stop: async () => {
      monitor.disconnect();
      await own.stop();
    },
    /** The commands on keys since the start. */
    async takeCommands(): Promise<string[][]> {
      const mark = Buffer.from(randomId()).toString("hex");
      await client.echo(mark);
      await until("the monitor has seen the mark", async () =>
        seen.some((args) => args[1] === mark),
      );
      return seen
        .splice(0)
        .filter(
          ([name]) =>
            !["ping", "echo", "info", "client", "hello"].includes(String(name).toLowerCase()),
        );
    },
  };
}

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
  return {
    backend: new RedisBackend(client),
    put: async (key, bytes, ttlMs) => void (await client.set(key, bytes, "PX", ttlMs)),
    async ttlMs(key) {
      const ttl = await client.pttl(key);
      return ttl === -2 ? null : ttl;
    },
    async pass(ms) {
      // By the server's clock, which is this machine's; an expired key is gone after its last
      // millisecond.
      const end = Date.now() + ms + 1;
      await until("the time has passed", async () => Date.now() > end);
    },
  };
}
