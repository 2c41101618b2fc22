import test, { type ExecutionContext } from "ava";
import type { Redis } from "ioredis";
import { configure, MemoryBackend, RedisBackend, subscribe } from "../../../runtime";
import type { Backend, WriteRequest } from "../../../runtime/backends/backend";
import { wrap } from "../../../runtime/calls/cached-function";
import { cacheNamed } from "../../../runtime/cache/configure";
import { createLeaseAlone, createStored, noTerms } from "../../../runtime/entry/entry";
import { slotOf } from "../../../runtime/backends/redis/key-slot";
import { randomId } from "../../../runtime/entry/id";
import type { Plan } from "../../../runtime/plan";
import { type RedisServer, startCluster, startRedis, until } from "../../support/redis";
import { keyOver, template } from "../../support/templates";

/**
 * The forms of SET that not every server has (runtime/backends/redis/set-forms.ts). A server that
 * lacks IFEQ carries out a script with its meaning, and a server that is to lack a form is sent
 * something else that it refuses: each answer is one of a real server.
 */

let server: RedisServer;
test.before(async () => {
  server = await startRedis();
});
test.after.always(() => server?.stop());

type Form = "GET" | "IFEQ";

const ifEqual = `if redis.call("GET", KEYS[1]) ~= ARGV[2] then return false end
  return redis.call("SET", KEYS[1], ARGV[1], ARGV[3], ARGV[4])`;

/** A client whose server has both forms unless they are refused, and what it was answered. */
async function startWatched(t: ExecutionContext, of: Pick<RedisServer, "client"> = server) {
  const client = of.client();
  t.teardown(() => client.disconnect());
  await client.flushall();
  const answers: Record<Form, string[]> = { GET: [], IFEQ: [] };
  const refusals = new Map<Form, () => Promise<unknown>>();
  const set = client.setBuffer.bind(client) as (...args: unknown[]) => Promise<unknown>;
  const send = (form: Form, [key = ""]: string[], args: (string | number)[]): Promise<unknown> => {
    const refuse = refusals.get(form);
    if (refuse) return refuse();
    if (form === "GET") return set(key, ...args);
    const [bytes, , lease, ...expiry] = args as [string, string, string, string, number];
    return client.callBuffer("EVAL", ifEqual, 1, key, bytes, lease, ...expiry);
  };
  const setBuffer = (keys: string[], ...args: (string | number)[]): Promise<unknown> => {
    const form = (["GET", "IFEQ"] as const).find((word) => args.includes(word));
    if (!form) return set(keys, ...args);
    const reply = send(form, keys, args);
    reply.then(
      (answer) =>
        answers[form].push(answer === null ? "nothing" : Buffer.isBuffer(answer) ? "bytes" : "?"),
      (error: Error) => answers[form].push(error.message.split(" ", 2).join(" ")),
    );
    return reply;
  };
  Object.assign(client, { setBuffer });
  return { client, backend: new RedisBackend(client), answers, refusals };
}

let caches = 0;

/** A cached function, and the faults of its cache. */
function createFunction(t: ExecutionContext, backend: Backend, plan: Partial<Plan> = {}) {
  const name = `forms ${++caches}`;
  configure(name, { backend, deadline: "10s" });
  const faults: string[] = [];
  const loads: number[] = [];
  t.teardown(
    subscribe((event) => event.type === "fault" && faults.push(event.error.message), {
      cache: name,
    }),
  );
  const row = wrap(
    () => ({ name: "row", key: keyOver((id: unknown) => [id]), cache: name, ...plan }),
    async (id: unknown) => {
      loads.push(id as number);
      return { id };
    },
  ) as (id: number) => Promise<unknown>;
  const idle = (): Promise<void> => cacheNamed(name).idle();
  /** Its reads take leases after this call. */
  const missOften = async (): Promise<void> => {
    for (let id = -8; id < 0; id++) await row(id);
    await idle();
    loads.length = 0;
  };
  return { row, idle, faults, loads, missOften };
}

const ids = Array.from({ length: 20 }, (_, id) => id);

test.serial(
  "a miss of a function that mostly misses is a read with its lease, and a write over it",
  async (t) => {
    const { backend, answers } = await startWatched(t);
    const { row, idle, faults, missOften } = createFunction(t, backend);
    await missOften();
    answers.GET = [];
    answers.IFEQ = [];
    for (const id of ids) await row(id);
    await idle();
    t.deepEqual(answers.GET, Array(20).fill("nothing"));
    t.deepEqual(answers.IFEQ, Array(20).fill("bytes"));
    t.deepEqual(faults, []);
  },
);

/** What a server says of something that it doesn't carry out. */
const refusing: Record<string, (client: Redis, t: ExecutionContext) => Promise<unknown>> = {
  "doesn't know the form": (client) => client.call("SET", "any", "x", "NOSUCHFORM"),
  "doesn't know the command": (client) => client.call("NOSUCHCOMMAND", "any"),
  "doesn't permit it": async (client, t) => {
    await client.call(
      "ACL",
      "SETUSER",
      "limited",
      "on",
      "nopass",
      "~*",
      "-@all",
      "+get",
      "+info",
      "+hello",
    );
    const limited = server.client({ username: "limited", password: "any" });
    t.teardown(() => limited.disconnect());
    return limited.call("SET", "any", "x");
  },
};

for (const [how, refuse] of Object.entries(refusing)) {
  test.serial(
    `a server that ${how} is asked once for each form, and no caller notices`,
    async (t) => {
      const { client, backend, refusals, answers } = await startWatched(t);
      for (const form of ["GET", "IFEQ"] as const) refusals.set(form, () => refuse(client, t));
      const { row, idle, faults, loads, missOften } = createFunction(t, backend);
      // Many at once ask once, too.
      await Promise.all(ids.map((id) => row(200 + id)));
      await missOften();
      for (const id of ids) await row(id);
      await idle();
      await Promise.all(ids.map(row));
      t.deepEqual(loads, ids);
      t.is(answers.GET.length, 1);
      t.is(answers.IFEQ.length, 1);
      t.regex(answers.GET.join(), /^(ERR|NOPERM)/);
      t.deepEqual(faults, []);
    },
  );
}

test.serial("a client that reconnects asks again, because it may be another server", async (t) => {
  const { client, backend, refusals, answers } = await startWatched(t);
  for (const form of ["GET", "IFEQ"] as const)
    refusals.set(form, () => client.call("SET", "any", "x", "NOSUCHFORM"));
  const { row, idle, faults, missOften } = createFunction(t, backend);
  await missOften();
  refusals.clear();
  const isReady = new Promise((resolve) => client.once("ready", resolve));
  client.disconnect(true);
  await isReady;
  for (const id of [1, 2]) {
    await row(id);
    // Until the first write is answered, another one would not ask.
    await idle();
  }
  t.deepEqual(answers.GET.slice(1), ["nothing", "nothing"]);
  t.deepEqual(answers.IFEQ.slice(1), ["bytes", "bytes"]);
  t.deepEqual(faults, []);
});

test.serial(
  "a server that begins to refuse, as an older one does after a failover, delays no call",
  async (t) => {
    const { client, backend, refusals, answers } = await startWatched(t);
    const { row, idle, faults, loads, missOften } = createFunction(t, backend);
    await missOften();
    const before = answers.GET.length;
    t.true(before > 0);
    for (const form of ["GET", "IFEQ"] as const)
      refusals.set(form, () => client.call("SET", "any", "x", "NOSUCHFORM"));
    for (const id of ids) await row(id);
    await idle();
    await Promise.all(ids.map(row));
    t.deepEqual(loads, ids);
    t.is(answers.GET.length, before + 1);
    t.deepEqual(faults, []);
  },
);

test.serial(
  "a full Redis serves hits, is not asked for leases with each read, and is asked again when it has room",
  async (t) => {
    const own = await startRedis();
    t.teardown(() => own.stop());
    const { client, backend, answers } = await startWatched(t, own);
    const { row, idle, loads, faults, missOften } = createFunction(t, backend);
    await row(1);
    await missOften();
    await client.config("SET", "maxmemory", "1");
    answers.GET = [];
    loads.length = 0;
    t.deepEqual(await row(1), { id: 1 });
    t.deepEqual(loads, []);
    t.deepEqual(faults, []);
    for (const id of [2, 3, 4, 5, 6, 7]) await row(id);
    t.deepEqual(loads, [2, 3, 4, 5, 6, 7]);
    t.deepEqual(answers.GET, ["OOM command"]);
    await client.config("SET", "maxmemory", "0");
    // This one reads and takes its lease by itself, which shows that there is room.
    await row(8);
    await row(9);
    await idle();
    t.deepEqual(answers.GET, ["OOM command", "nothing"]);
    // A full Redis refuses the lease, not the read.
    t.true(
      faults.length > 0 &&
        faults.every((message) => message.startsWith("Could not take the lease")),
      faults.join(),
    );
  },
);

test.serial("a lease without an entry is given up even if Redis is full", async (t) => {
  const own = await startRedis();
  t.teardown(() => own.stop());
  const { client, backend, answers } = await startWatched(t, own);
  const token = randomId();
  await backend.readAndLease(["a"], { token, leaseMs: 60_000, count: 1 });
  await client.config("SET", "maxmemory", "1");
  await backend.release([{ key: "a", token, leaseOnly: true }]);
  t.is(await client.exists("a"), 0);
  t.deepEqual(answers.IFEQ.length, 1);
});

test.serial("a replica serves the entries that it has", async (t) => {
  const own = await startRedis();
  t.teardown(() => own.stop());
  const { client, backend, answers } = await startWatched(t, own);
  const { row, loads, faults, missOften } = createFunction(t, backend);
  await row(1);
  await missOften();
  await client.call("REPLICAOF", "127.0.0.1", "1");
  await client.config("SET", "replica-serve-stale-data", "yes");
  answers.GET = [];
  for (let i = 0; i < 3; i++) t.deepEqual(await row(1), { id: 1 });
  t.deepEqual(loads, []);
  t.deepEqual(faults, []);
  t.deepEqual(answers.GET, ["READONLY You"]);
});

test.serial("a read that takes the lease reads what GET and MGET read", async (t) => {
  const { client, backend } = await startWatched(t);
  const token = randomId();
  const request = { token, leaseMs: 60_000, count: 1 };
  const bytes = Buffer.from([0xff, 0, 0x80]);
  await client.set("entry", bytes);
  await client.set("version", "12345678");
  await client.set("queued", "QUEUED");
  await client.lpush("list", "x");
  const read = (...keys: string[]) => backend.readAndLease(keys, request);
  t.deepEqual(await read("entry"), { values: [bytes], leased: [false] });
  t.deepEqual(await read("queued"), { values: [Buffer.from("QUEUED")], leased: [false] });
  const versions = [Buffer.from("12345678"), null];
  t.deepEqual(await read("entry", "version", "none"), {
    values: [bytes, ...versions],
    leased: [false],
  });
  t.deepEqual(await read("new", "version", "none"), {
    values: [null, ...versions],
    leased: [true],
  });
  t.deepEqual(
    await read("new", "version"),
    { values: [null, versions[0]], leased: [true] },
    "sent again",
  );
  t.is((await client.getBuffer("new"))?.toString("latin1"), createLeaseAlone(token));
  t.true((await client.pttl("new")) > 50_000);
  const other = await backend.readAndLease(["new"], { ...request, token: randomId() });
  t.deepEqual(other, { values: [Buffer.from(createLeaseAlone(token), "latin1")], leased: [false] });
  await t.throwsAsync(read("list"), { message: /^WRONGTYPE/ });
  await t.throwsAsync(read("list", "version"), { message: /^WRONGTYPE/ });
});

test.serial(
  "an open transaction is recognised, and gives no lease that a caller relies on",
  async (t) => {
    const { client, backend } = await startWatched(t);
    await client.call("MULTI");
    await t.throwsAsync(
      backend.readAndLease(["a"], { token: randomId(), leaseMs: 60_000, count: 1 }),
      {
        message: /MULTI/,
      },
    );
    await client.call("DISCARD");
  },
);

test.serial("on a Cluster each node answers for itself, with tags as well", async (t) => {
  const cluster = await startCluster();
  t.teardown(() => cluster.stop());
  const client = cluster.client();
  const { row, idle, faults, loads, missOften } = createFunction(t, new RedisBackend(client), {
    tags: [template(["row:", ""], (id: unknown) => [id])],
  });
  await missOften();
  for (const id of ids) await row(id);
  await idle();
  await Promise.all(ids.map(row));
  t.deepEqual(loads, ids);
  t.deepEqual(faults, []);
  t.is(client.nodes("master").length, 3);
});

/** Makes the node refuse reads that take leases, and counts the commands of all nodes. */
async function startClusterWithOneOldNode(t: ExecutionContext) {
  const cluster = await startCluster();
  t.teardown(() => cluster.stop());
  const client = cluster.client();
  await new Promise((resolve) => client.once("ready", resolve));
  const nodes = client.nodes("master");
  const leasingReads = new Map(nodes.map((node) => [node, 0]));
  const [old] = nodes as [Redis];
  for (const node of nodes) {
    const sendCommand = node.sendCommand.bind(node);
    node.sendCommand = (command, stream) => {
      if (command.name === "set" && command.args.includes("GET")) {
        leasingReads.set(node, (leasingReads.get(node) as number) + 1);
        if (node === old) command.args.push("NOSUCHFORM");
      }
      return sendCommand(command, stream);
    };
  }
  return { cluster, client, old, leasingReads, nodes };
}

test.serial(
  "one node of a Cluster that doesn't know a form decides for its own keys alone",
  async (t) => {
    const { client, old, leasingReads, nodes } = await startClusterWithOneOldNode(t);
    const { row, idle, faults, loads, missOften } = createFunction(t, new RedisBackend(client));
    await missOften();
    for (const id of ids) await row(id);
    await idle();
    await Promise.all(ids.map(row));
    t.deepEqual(loads, ids);
    t.deepEqual(faults, []);
    t.is(leasingReads.get(old), 1);
    const ofOthers = nodes
      .filter((node) => node !== old)
      .map((node) => leasingReads.get(node) as number);
    t.true(
      ofOthers.every((count) => count > 2),
      ofOthers.join(),
    );
  },
);

test.serial(
  "a node that a slot has moved away from has not refused what its new holder refuses",
  async (t) => {
    const { client, old, nodes } = await startClusterWithOneOldNode(t);
    const backend = new RedisBackend(client);
    const readAndLease = (key: string) =>
      backend.readAndLease([key], { token: randomId(), leaseMs: 60_000, count: 1 });
    const addressOf = (node: Redis) => `${node.options.host}:${node.options.port}`;
    const keysOf = (node: Redis) =>
      Array.from({ length: 60 }, (_, i) => `key ${i}`).filter(
        (key) => client.slots[slotOf(key)]?.[0] === addressOf(node),
      );
    const other = nodes[1] as Redis;
    const [moved] = keysOf(old) as [string];
    // The client is wrong about the slot until the node says so.
    (client.slots[slotOf(moved)] as string[])[0] = addressOf(other);
    t.deepEqual(await readAndLease(moved), { values: [null], leased: [false] });
    t.is(client.slots[slotOf(moved)]?.[0], addressOf(old));
    for (const key of keysOf(other).slice(0, 3))
      t.deepEqual(await readAndLease(key), { values: [null], leased: [true] }, key);
  },
);

/**
 * What happens to a key between a lease that was taken alone and the write under it, and what the
 * write and the release then do. A plain command decides by all bytes, a script and memory by the
 * token: no caller may see a difference.
 */
const token = "\x01leaser\x7f";
const other = "another!";
const lease = { token, leaseMs: 60_000, seenId: null, force: false };
const entry = createStored(randomId(), { ...noTerms, versions: ["version1"] }, "old");

const meanwhile: Record<
  string,
  (backend: Backend & Required<Pick<Backend, "holdKeys">>, key: string) => Promise<unknown>
> = {
  nothing: async () => {},
  "it was renewed": (backend, key) => backend.renew([{ key, token, leaseMs: 30_000 }]),
  "it was renewed twice": async (backend, key) => {
    for (let i = 0; i < 2; i++) await backend.renew([{ key, token, leaseMs: 30_000 }]);
  },
  "it was taken again under the same token, as a client does that sends a command twice": (
    backend,
    key,
  ) => backend.acquire([{ ...lease, key }]),
  "a refresh took it by force": (backend, key) =>
    backend.acquire([{ ...lease, key, token: other, force: true }]),
  "it was invalidated": (backend, key) => backend.delete([key]),
  "it was invalidated, and another holds a new lease": async (backend, key) => {
    await backend.delete([key]);
    await backend.acquire([{ ...lease, key, token: other }]);
  },
  "another stored an entry": async (backend, key) => {
    await backend.acquire([{ ...lease, key, token: other, force: true }]);
    await backend.write([{ key, token: other, bytes: "newer", ttlMs: 60_000, versionKeys: [] }]);
  },
  "a transaction holds the key": (backend, key) =>
    backend.holdKeys([{ key, token: other, leaseMs: 60_000 }]),
  "it was released": (backend, key) => backend.release([{ key, token, leaseOnly: true }]),
  "it was written already": (backend, key) =>
    backend.write([
      { key, token, bytes: "first", ttlMs: 60_000, versionKeys: [], leaseOnly: true },
    ]),
};

for (const [what, happens] of Object.entries(meanwhile)) {
  test.serial(
    `a write and a release under a lease behave as before if meanwhile: ${what}`,
    async (t) => {
      const { client, backend } = await startWatched(t);
      const { backend: without, refusals } = await startWatched(t);
      refusals.set("IFEQ", () => client.call("SET", "any", "x", "NOSUCHFORM"));
      const outcomes = new Set<string>();
      for (const each of [new MemoryBackend(), without, backend]) {
        for (const take of [
          (key: string) => each.acquire([{ ...lease, key }]),
          (key: string) => each.readAndLease([key], { token, leaseMs: 60_000, count: 1 }),
        ]) {
          for (const versionKeys of [[], [`tag~`]]) {
            const key = randomId();
            await take(key);
            await happens(each, key);
            const request: WriteRequest = {
              key,
              token,
              bytes: entry,
              ttlMs: 40_000,
              versionKeys,
              leaseOnly: true,
            };
            const stored = await each.write([request]);
            const [bytes] = await each.read([key]);
            outcomes.add(
              `write ${stored.join()} ${bytes?.equals(Buffer.from(entry as string, "latin1"))}`,
            );
          }
          const key = randomId();
          await take(key);
          await happens(each, key);
          const [before] = await each.read([key]);
          await each.release([{ key, token, leaseOnly: true }]);
          const [after] = await each.read([key]);
          outcomes.add(
            `release ${before ? !after : "of nothing"} ${before && after ? before.equals(after) : ""}`,
          );
        }
      }
      t.is(outcomes.size, 2, [...outcomes].join("; "));
    },
  );
}

test.serial(
  "giving up a lease in an entry keeps the entry, whatever the caller assumes",
  async (t) => {
    const { backend, client } = await startWatched(t);
    await client.set("key", entry, "PX", 60_000);
    await backend.acquire([{ ...lease, key: "key", force: true }]);
    await backend.release([{ key: "key", token, leaseOnly: true }]);
    t.deepEqual(await backend.read(["key"]), [Buffer.from(entry as string, "latin1")]);
  },
);

test.serial(
  "what is stored over a lease has the entry's time to live, and a released key is gone",
  async (t) => {
    const { backend, client, answers } = await startWatched(t);
    await backend.readAndLease(["a"], { token, leaseMs: 60_000, count: 1 });
    await backend.renew([{ key: "a", token, leaseMs: 70_000 }]);
    t.true((await client.pttl("a")) > 60_000);
    await backend.write([
      { key: "a", token, bytes: "x", ttlMs: 5_000, versionKeys: [], leaseOnly: true },
    ]);
    const ttl = await client.pttl("a");
    t.true(ttl > 0 && ttl <= 5_000);
    await backend.readAndLease(["b"], { token, leaseMs: 60_000, count: 1 });
    await backend.release([{ key: "b", token, leaseOnly: true }]);
    await until("the released key takes no room", async () => (await client.dbsize()) === 1);
    // A renewed lease is written over with the plain command, too.
    t.deepEqual(answers.IFEQ, ["bytes", "bytes"]);
  },
);
