import { Socket } from "node:net";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as nodeRedis6 from "@redis/client";
import test, { type ExecutionContext } from "ava";
import type { Redis } from "ioredis";
import * as nodeRedis5 from "node-redis-5";
import type { Values } from "../../../runtime/backends/backend";
import { isServerError } from "../../../runtime/backends/backend-failure";
import { Outbox } from "../../../runtime/backends/outbox";
import { RedisBackend } from "../../../runtime/backends/redis/redis-backend";
import type { RedisClient } from "../../../runtime/backends/redis/redis-client";
import { randomId } from "../../../runtime/entry/id";
import { ConfigError } from "../../../runtime/errors";
import { entry, everyAnswer, everyMethod, lease } from "../../support/every-answer";
import {
  type RedisCluster,
  type RedisServer,
  startCluster,
  startRedis,
  until,
} from "../../support/redis";
import {
  type AnyClient,
  type ClientLibrary,
  clusters,
  libraries,
  pools,
} from "../../support/redis-clients";

/**
 * Tests what `RedisBackend` promises, with every client that it supports. redis-backend.test.ts
 * tests what only ioredis can do.
 */

let server: RedisServer;
let cluster: RedisCluster;
let admin: Redis;
const opened: AnyClient[] = [];
const isOnCluster = (library: ClientLibrary): boolean => clusters.includes(library);

async function open(
  library: ClientLibrary,
  settings: Parameters<ClientLibrary["connect"]>[1] = {},
  port?: number,
) {
  const at = port ?? (isOnCluster(library) ? (cluster.nodes[0] as RedisServer).port : server.port);
  const client = await library.connect(at, settings);
  opened.push(client);
  return { ...client, backend: new RedisBackend(client.client) };
}

test.before(async () => {
  [server, cluster] = await Promise.all([startRedis(), startCluster()]);
  admin = server.client();
});

test.after.always(async () => {
  for (const client of opened) {
    try {
      client.destroy();
    } catch {
      // The client is closed.
    }
  }
  await Promise.all([server?.stop(), cluster?.stop()]);
});

function mergeReads(backend: RedisBackend): (keys: readonly string[]) => Promise<Values> {
  const outbox = new Outbox(
    backend,
    (keys, resolve, reject) => void backend.read(keys).then(resolve, reject),
  );
  return (keys) =>
    new Promise<Values>((resolve, reject) =>
      outbox.read(keys, (answers, error) => (error ? reject(error) : resolve(answers as Values))),
    );
}

for (const library of libraries) {
  test.serial(
    `${library.name}: the reads of one tick are one MGET that names each key once`,
    async (t) => {
      const { backend, call } = await open(library);
      await call(["PING"]);
      const takeCommands = await watchCommands(t);
      const read = mergeReads(backend);
      await Promise.all([
        read(["a", "b"]),
        read(["b", "c"]),
        Promise.resolve().then(() => read(["d"])),
      ]);
      t.deepEqual(await takeCommands(), [["mget", "a", "b", "c", "d"]]);
    },
  );

  test.serial(
    `${library.name}: while a transaction is open on the connection everything rejects`,
    async (t) => {
      const { backend, call } = await open(library);
      const key = `${library.name} in transaction`;
      await call(["MULTI"]);
      for (const [what, method] of Object.entries(everyMethod(backend, key)))
        await t.throwsAsync(method, { message: /was queued by a transaction \(MULTI\)/ }, what);
      await call(["DISCARD"]);
      t.deepEqual(await backend.read([key]), [null]);
      await admin.set(key, "QUEUED");
      t.deepEqual(await backend.read([key]), [Buffer.from("QUEUED")]);
    },
  );
}

for (const library of [...libraries, ...pools]) {
  test.serial(`${library.name}: the scripts survive SCRIPT FLUSH`, async (t) => {
    const { backend } = await open(library);
    const token = randomId();
    const key = `${library.name} scripts`;
    for (let i = 0; i < 3; i++) {
      await backend.acquire([lease(`${key}:${i}`, token), lease(`${key}:${i}:b`, token)]);
      await admin.script("FLUSH");
    }
    t.deepEqual(await backend.renew([lease(`${key}:0`, token)]), [true]);
  });
}

for (const library of libraries) {
  // node-redis waits for the socket to drain after every 16 kB, and so these are fewer.
  test.serial(`${library.name}: what is sent together is one write to the socket`, async (t) => {
    const { backend } = await open(library);
    const keys = Array.from({ length: 600 }, (_, i) => `k${i}`);
    const token = randomId();
    const writes = watchWrites(t, server.port);
    for (const [what, run] of Object.entries({
      "reads of many keys": () => backend.read(keys),
      deletes: () => backend.delete(keys),
      leases: () => backend.acquire(keys.map((key) => lease(key, token))),
    })) {
      writes.splice(0);
      await run();
      t.is(writes.length, 1, what);
    }
  });

  test.serial(
    `${library.name}: what is written goes behind the reads of its tick, and before those of its key`,
    async (t) => {
      const { backend } = await open(library);
      const read = mergeReads(backend);
      const token = randomId();
      const [a, b] = [`${library.name} a`, `${library.name} b`];
      await backend.acquire([lease(a, token), lease(b, token)]);
      const takeCommands = await watchCommands(t);
      const names = async () =>
        (await takeCommands()).map(([name]) => name?.replace("evalsha", "eval"));
      let done = backend.write([entry(a, token)]);
      await read(["other"]);
      t.deepEqual(await done, [true]);
      t.deepEqual(await names(), ["get", "eval"]);
      done = backend.write([entry(b, token, "y")]);
      t.deepEqual(await read(["other", b]), [null, Buffer.from("y")]);
      t.deepEqual(await done, [true]);
      t.deepEqual(await names(), ["eval", "mget"]);
    },
  );
}

for (const library of [...libraries, ...pools, ...clusters]) {
  test.serial(
    `${library.name}: what was written before the client is closed is stored`,
    async (t) => {
      const { backend, close } = await open(library);
      const look = isOnCluster(library) ? cluster.client() : admin;
      const key = `${library.name} closing`;
      const token = randomId();
      await backend.acquire([lease(key, token)]);
      backend.write([entry(key, token)]).catch(() => {});
      await close();
      await until("it is stored", async () => (await look.get(key)) === "x");
      t.pass();
    },
  );

  test.serial(`${library.name}: a client that is closed makes every method reject`, async (t) => {
    const { backend, close } = await open(library);
    await close();
    for (const [what, method] of Object.entries(everyMethod(backend, "closed")))
      await t.throwsAsync(method, undefined, what);
  });

  test.serial(`${library.name}: what the server refuses is known as its answer`, async (t) => {
    const { backend } = await open(library);
    const look = isOnCluster(library) ? cluster.client() : admin;
    const key = `${library.name} list`;
    await look.lpush(key, "x");
    const errors = await Promise.all([
      t.throwsAsync(backend.read([key]), { message: /^WRONGTYPE/ }),
      t.throwsAsync(backend.acquire([lease(key, randomId())]), { message: /WRONGTYPE/ }),
    ]);
    for (const error of errors) t.true(isServerError(error));
  });

  if (library.hasKeyPrefix) {
    test.serial(`${library.name}: the client's keyPrefix stands before every key`, async (t) => {
      const prefix = `app of ${library.name}:`;
      const { backend } = await open(library, { keyPrefix: prefix });
      await everyAnswer(t, backend);
      await backend.acquire([lease("left", randomId())]);
      const nodes = isOnCluster(library) ? cluster.nodes.map((node) => node.client()) : [admin];
      const keys = (await Promise.all(nodes.map((node) => node.keys("*")))).flat();
      t.true(keys.includes(`${prefix}left`));
      t.false(keys.includes("left"));
    });
  }
}

for (const library of libraries) {
  test.serial(
    `${library.name}: a client that isn't connected yet rejects or waits, and works once it is`,
    async (t) => {
      const { backend, client } = await open(library, { connect: false });
      const early = backend.read(["early"]).then(
        () => "answered",
        () => "rejected",
      );
      t.true(["answered", "rejected"].includes(await early));
      const { connect } = client as unknown as { connect(): Promise<unknown> };
      // ioredis connects with the first command.
      await connect.call(client).catch(() => {});
      t.deepEqual(await backend.read(["early"]), [null]);
    },
  );

  test.serial(`${library.name}: the commands that docs/redis.md names are enough`, async (t) => {
    const page = readFileSync(join(__dirname, "../../../docs/redis.md"), "utf8");
    const [, rights = ""] = /^ACL SETUSER shop (.*)$/m.exec(page) ?? [];
    const own = await startRedis();
    t.teardown(() => own.stop());
    await own
      .client()
      .call(
        "ACL",
        "SETUSER",
        "shop",
        ...rights.replace("~shop:*", "~a ~b ~c ~none ~tag").split(" "),
      );
    const options = {
      username: "shop",
      password: "secret",
      enableReadyCheck: false,
      disableClientInfo: true,
    };
    const { backend, destroy } = await open(library, { options }, own.port);
    await everyAnswer(t, backend);
    destroy();
  });
}

const buffers = { 36: Buffer, 43: Buffer, 58: String };
const changedReplies: Record<string, object> = {
  "a type mapping": { commandOptions: { typeMapping: buffers } },
  "a mapping of bulk replies to text": { commandOptions: { typeMapping: { 36: String } } },
  "a command timeout": { commandOptions: { timeout: 10_000 } },
  disableOfflineQueue: { disableOfflineQueue: true },
  pingInterval: { pingInterval: 1_000 },
};

for (const library of [...libraries, ...pools].filter(({ name }) =>
  name.startsWith("node-redis"),
)) {
  for (const [what, options] of Object.entries(changedReplies)) {
    test.serial(`${library.name}: a client with ${what}`, async (t) => {
      const own = await startRedis();
      t.teardown(() => own.stop());
      const { backend, destroy } = await open(library, { options }, own.port);
      await everyAnswer(t, backend);
      destroy();
    });
  }

  test.serial(`${library.name}: a client that withTypeMapping has made`, async (t) => {
    const own = await startRedis();
    t.teardown(() => own.stop());
    const { client, destroy } = await open(library, {}, own.port);
    const { withTypeMapping } = client as unknown as {
      withTypeMapping(mapping: object): RedisClient;
    };
    await everyAnswer(t, new RedisBackend(withTypeMapping.call(client, buffers)));
    destroy();
  });
}

test.serial(
  "node-redis' own cache of replies is not used, because it may have missed an invalidation",
  async (t) => {
    for (const library of libraries.filter(({ name }) => name.includes("RESP3"))) {
      const { backend, client } = await open(library, {
        options: { clientSideCache: { ttl: 0, maxEntries: 100 } },
      });
      const { get } = client as unknown as { get(key: string): Promise<unknown> };
      await admin.set("cached by the client", "old");
      await get.call(client, "cached by the client");
      await admin.set("cached by the client", "new");
      t.deepEqual(await backend.read(["cached by the client"]), [Buffer.from("new")], library.name);
    }
  },
);

test.serial("an error without a listener doesn't end the process, and warns once", async (t) => {
  const warnings: string[] = [];
  const { emitWarning } = process;
  process.emitWarning = ((warning: unknown, type: string) =>
    warnings.push(`${type}: ${String(warning)}`)) as never;
  t.teardown(() => void (process.emitWarning = emitWarning));
  for (const library of [...libraries, ...pools].filter(({ name }) =>
    name.startsWith("node-redis"),
  )) {
    const { client } = await library.connect(server.port, { connect: false });
    const emitter = client as unknown as NodeJS.EventEmitter;
    emitter.removeAllListeners("error");
    const backend = new RedisBackend(client);
    emitter.emit("error", new Error("gone"));
    emitter.emit("error", new Error("gone again"));
    t.deepEqual(warnings.splice(0), ["ZcacheClientWarning: Error: gone"], library.name);
    emitter.on("error", () => {});
    emitter.emit("error", new Error("heard"));
    t.deepEqual(warnings, []);
    t.is(backend.client, client);
  }
});

test("a client of node-redis that reads from a replica, a pipeline, a lease, a promise, legacy() and node-redis 4 are refused by name", (t) => {
  const message = (client: unknown): string | undefined =>
    t.throws(() => new RedisBackend(client as RedisClient), { instanceOf: ConfigError })?.message;
  const methods = { sendCommand() {}, withTypeMapping() {}, on() {}, listenerCount: () => 1 };
  t.regex(
    message({ ...methods, options: { readonly: true } }) ?? "",
    /"readonly" of the client must be false/,
  );
  const ofCluster = {
    ...methods,
    getSlotRandomNode() {},
    _options: { defaults: { readonly: true } },
  };
  t.regex(message(ofCluster) ?? "", /"readonly" of the client must be false/);
  t.regex(message({ execAsPipeline() {}, addCommand() {} }) ?? "", /but got a pipeline/);
  t.regex(message({ ...methods, release() {} }) ?? "", /but got a lease on a Sentinel's client/);
  t.regex(
    message({ sendCommand() {}, multiExecutor() {} }) ?? "",
    /node-redis 4. Install redis 5 or 6/,
  );
  for (const { createClient } of [nodeRedis5 as unknown as typeof nodeRedis6, nodeRedis6]) {
    const client = createClient();
    t.regex(message(client.legacy()) ?? "", /Pass the client on which legacy\(\) was called/);
    t.regex(message(Promise.resolve(client)) ?? "", /but got a promise. Await it/);
  }
  const keyPrefix = Buffer.from([0xff]);
  t.regex(
    message({ ...methods, _keyPrefix: keyPrefix }) ?? "",
    /"keyPrefix" of the client must be text in UTF-8/,
  );
});

/** Returns the commands on keys that the server has carried out, without those of scripts. */
async function watchCommands(t: ExecutionContext): Promise<() => Promise<string[][]>> {
  const seen: string[][] = [];
  const monitor = await server.client().monitor();
  t.teardown(() => monitor.disconnect());
  monitor.on("monitor", (_time: string, args: string[], source: string) => {
    if (source !== "lua") seen.push(args.map((arg, i) => (i === 0 ? arg.toLowerCase() : arg)));
  });
  return async () => {
    const mark = Buffer.from(randomId()).toString("hex");
    await admin.echo(mark);
    await until("the monitor has seen the mark", async () => seen.some((args) => args[1] === mark));
    return seen
      .splice(0)
      .filter(([name]) => !["ping", "echo", "info", "client", "hello"].includes(name as string));
  };
}

/** Returns one item for each write to a socket of the port. */
function watchWrites(t: ExecutionContext, port: number): unknown[] {
  const writes: unknown[] = [];
  const sockets = Socket.prototype as unknown as { _writeGeneric(...args: unknown[]): void };
  const write = sockets._writeGeneric;
  sockets._writeGeneric = function (this: Socket, ...args) {
    if (this.remotePort === port) writes.push(args[1]);
    return write.apply(this, args);
  };
  t.teardown(() => void (sockets._writeGeneric = write));
  return writes;
}
