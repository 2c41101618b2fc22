import test, { type ExecutionContext } from "ava";
import type { Redis } from "ioredis";
import { startRedis } from "../../../support/redis";
import { createFunction, useWatched } from "./watched";

const { redis, startWatched } = useWatched();

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

/** Returns what a server says about something that it doesn't carry out. */
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
    const limited = redis().client({ username: "limited", password: "any" });
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
      // Many calls at once also ask only once.
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
    // This call reads and takes its lease separately, which shows that there is room.
    await row(8);
    await row(9);
    await idle();
    t.deepEqual(answers.GET, ["OOM command", "nothing"]);
    // A full Redis refuses the lease, and not the read.
    t.true(
      faults.length > 0 &&
        faults.every((message) => message.startsWith("Could not take the lease")),
      faults.join(),
    );
  },
);

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
