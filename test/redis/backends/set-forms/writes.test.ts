import test from "ava";
import { MemoryBackend } from "../../../../runtime";
import type { Backend, WriteRequest } from "../../../../runtime/backends/backend";
import { createLeaseAlone, createStored, noTerms } from "../../../../runtime/entry/entry";
import { randomId } from "../../../../runtime/entry/id";
import { startRedis, until } from "../../../support/redis";
import { useWatched } from "./watched";

const { startWatched } = useWatched();

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

/**
 * Each case is something that happens to a key between a lease that was taken alone and the write
 * under it. A plain command decides by all bytes, a script and memory by the token, and no caller
 * may see a difference between the write and the release that follow.
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
    // A renewed lease is replaced with the plain command, too.
    t.deepEqual(answers.IFEQ, ["bytes", "bytes"]);
  },
);
