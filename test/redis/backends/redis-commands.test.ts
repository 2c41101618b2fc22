import test from "ava";
import { randomId } from "../../../runtime/entry/id";
import { RedisBackend } from "../../../runtime/backends/redis/redis-backend";
import { entry, everyMethod, lease } from "../../support/every-answer";
import { type RedisServer, startRedis, until } from "../../support/redis";
import { mergeReads, startWatched } from "../../support/watched-redis";

let server: RedisServer;
test.before(async () => void (server = await startRedis()));
test.after.always(() => server?.stop());

test.serial("the reads of one tick are one MGET that names each key once", async (t) => {
  const { backend, stop, takeCommands } = await startWatched();
  const reads = mergeReads(backend);
  await Promise.all([
    reads.read(["a", "b"]),
    reads.read(["b", "c", "b"]),
    // These reads are made at other depths of `await`, as by callers that run the same code.
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
