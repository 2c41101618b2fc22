import test, { type ExecutionContext } from "ava";
import type { AcquireRequest, AcquireResult, Backend, LeasedValues, WriteRequest } from "../runtime/backends/backend";
import { createHeader, createStored, Entry, noTerms, parseStored } from "../runtime/entry/entry";
import { randomId } from "../runtime/entry/id";

/** A backend to be tested, and what the interface doesn't tell of it. */
export interface Subject {
  readonly backend: Backend & Required<Pick<Backend, "readAndLease">>;
  /** Stores the bytes behind the protocol's back, as a foreign program would. */
  put(key: string, bytes: Buffer, ttlMs: number): Promise<void>;
  /** How long the key still has, in milliseconds; null when there is none. */
  ttlMs(key: string): Promise<number | null>;
  /** Waits until this time has passed for the store. */
  pass(ms: number): Promise<void>;
}

/** Long enough for any test; the exact time doesn't matter where this is used. */
const long = 60_000;
const longer = 600_000;
/** A ttl is measured later than it was set. */
const slack = 5_000;

/**
 * Registers the tests that every backend has to pass. `find` is called by each test, and
 * may give all of them the same subject: they use different keys.
 * @param register where many subjects are tested in one file: `test.serial`, so that no test waits behind hundreds
 */
export function backendContract(
  name: string,
  find: () => Subject | Promise<Subject>,
  register: typeof test.serial | typeof test = test,
): void {
  let count = 0;

  const contract = (
    title: string,
    body: (t: ExecutionContext, subject: Subject, key: string) => Promise<void>,
  ): void => {
    // Half of the keys carry a hash tag, which decides the slot on a Cluster.
    const key = ++count % 2 === 0 ? `entry:{${count}}:é` : `entry:${count}`;
    register(`${name}: ${title}`, async (t) => body(t, await find(), key));
  };

  contract("a key that holds nothing is null, and no keys are no answers", async (t, { backend }, key) => {
    t.deepEqual(await backend.read([key]), [null]);
    t.deepEqual(await backend.read([]), []);
    t.deepEqual(await backend.acquire([]), []);
    t.deepEqual(await backend.renew([]), []);
    t.deepEqual(await backend.write([]), []);
    t.deepEqual(await backend.ensureVersions([]), []);
    await backend.release([]);
    await backend.delete([]);
  });

  contract("what was written under a lease is read, and ends the lease", async (t, { backend }, key) => {
    const [first, second] = [randomId(), randomId()];
    t.deepEqual(await acquire(backend, key, first), { status: "acquired" });
    t.true(await write(backend, key, first, Buffer.from("value")));
    t.deepEqual(await backend.read([key]), [Buffer.from("value")]);
    t.false(await renew(backend, key, first));
    t.false(await write(backend, key, first, Buffer.from("again")));
    t.deepEqual(await acquire(backend, key, second), { status: "changed", bytes: Buffer.from("value") });
  });

  contract("any bytes survive", async (t, { backend }, key) => {
    const every = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const payloads = [
      every,
      Buffer.from([0]),
      Buffer.from("\r\n"),
      Buffer.from([0xff, 0xfe]),
      Buffer.alloc(200_000, 7),
    ];
    for (const [i, payload] of payloads.entries()) {
      const token = i === 0 ? "\xff".repeat(8) : `\0\0\0\0\r\n\0${String.fromCharCode(i)}`;
      await acquire(backend, `${key}:${i}`, token);
      t.true(await write(backend, `${key}:${i}`, token, payload));
      t.deepEqual(await backend.read([`${key}:${i}`]), [payload]);
    }
  });

  contract("a read answers in the order of its keys, equal ones alike", async (t, { backend }, key) => {
    await store(backend, `${key}:a`, Buffer.from("a"));
    await store(backend, `${key}:b`, Buffer.from("b"));
    const read = await backend.read([`${key}:b`, `${key}:none`, `${key}:a`, `${key}:b`]);
    t.deepEqual(read, [Buffer.from("b"), null, Buffer.from("a"), Buffer.from("b")]);
  });

  contract("many keys take one call of each kind", async (t, { backend }, key) => {
    const keys = Array.from({ length: 1_500 }, (_, i) => `${key}:${i % 3 === 0 ? `{${i}}` : i}`);
    const token = randomId();
    const acquired = await backend.acquire(keys.map((each) => request(each, token)));
    t.true(acquired.every(({ status }) => status === "acquired"));
    t.true((await backend.renew(keys.map((each) => ({ key: each, token, leaseMs: long })))).every(Boolean));
    const written = await backend.write(keys.map((each) => writeRequest(each, token, Buffer.from(each))));
    t.true(written.every(Boolean));
    t.deepEqual(
      (await backend.read(keys)).map((bytes) => bytes?.toString()),
      keys,
    );
    await backend.delete(keys);
    t.true((await backend.read(keys)).every((bytes) => bytes === null));
    const { leased } = await readAndLease(backend, keys, token, 1_499);
    t.deepEqual(leased, Array(1_499).fill(true));
    const requests = keys.map((each, i) => ({ ...writeRequest(each, token, each), ttlMs: long + i, alone: true }));
    t.deepEqual(await backend.write(requests), [...leased, false]);
  });

  contract("a lease stands as a header without payload, which lasts as long as the lease", async (t, subject, key) => {
    const token = randomId();
    await acquire(subject.backend, key, token, { leaseMs: long });
    const [bytes] = await subject.backend.read([key]);
    const stored = parseStored(bytes as Buffer);
    t.true(stored !== "unreadable" && stored.payload === null);
    t.is(bytes?.length, 36);
    t.is(bytes?.toString("latin1", 12, 20), token);
    t.regex(bytes?.toString("latin1", 20, 33) ?? "", /^\d{13}$/);
    lasts(t, await subject.ttlMs(key), long);
  });

  contract("every header made for a lease has an id of its own", async (t, { backend }, key) => {
    await acquire(backend, `${key}:a`, randomId());
    await acquire(backend, `${key}:b`, randomId());
    const [a, b] = await backend.read([`${key}:a`, `${key}:b`]);
    t.notDeepEqual(a?.subarray(4, 12), b?.subarray(4, 12));
  });

  contract("of two who want a lease at the same time one gets it", async (t, { backend }, key) => {
    const results = await Promise.all([acquire(backend, key, randomId()), acquire(backend, key, randomId())]);
    t.deepEqual(results.map(({ status }) => status).sort(), ["acquired", "busy"]);
    const inOneCall = await backend.acquire([request(`${key}:2`, randomId()), request(`${key}:2`, randomId())]);
    t.deepEqual(
      inOneCall.map(({ status }) => status),
      ["acquired", "busy"],
    );
  });

  contract("a read with leases answers as a read does, and leases what holds nothing", async (t, subject, key) => {
    const { backend } = subject;
    const [holder, token] = [randomId(), randomId()];
    const keys = ["entry", "none", "lease", "more", "version"].map((name) => `${key}:${name}`);
    const [entry, none, lease] = keys as [string, string, string, string, string];
    await store(backend, entry, Buffer.from("value"));
    await acquire(backend, lease, holder);
    const before = await backend.read(keys);
    t.deepEqual(await readAndLease(backend, keys, token, 3), { values: before, leased: [false, true, false] });
    t.deepEqual((await readAndLease(backend, keys, randomId(), 3)).leased, [false, false, false]);
    lasts(t, await subject.ttlMs(none), long);

    t.deepEqual(await acquire(backend, none, randomId()), { status: "busy" });
    t.true(await renew(backend, none, token, longer));
    lasts(t, await subject.ttlMs(none), longer);
    const requests = [none, lease, entry].map((each) => writeRequest(each, token, "new"));
    t.deepEqual(await backend.write(requests.map((each) => ({ ...each, alone: true }))), [true, false, false]);
    lasts(t, await subject.ttlMs(none), long);
    t.true(await write(backend, lease, holder, "held"));
    t.deepEqual(
      (await backend.read(keys)).map((bytes) => bytes?.toString()),
      ["value", "new", "held", undefined, undefined],
    );
  });

  contract("a lease that was taken with a read ends with a delete, and is given back", async (t, { backend }, key) => {
    const [first, second] = [randomId(), randomId()];
    const keys = [`${key}:a`, `${key}:b`];
    await readAndLease(backend, keys, first, 2);
    await backend.delete(keys);
    await readAndLease(backend, keys, second, 1);
    const requests = keys.map((each) => ({ ...writeRequest(each, first, "stale"), alone: true }));
    t.deepEqual(await backend.write(requests), [false, false]);
    await backend.release(keys.map((each) => ({ key: each, token: second })));
    t.deepEqual(await backend.read(keys), [null, null]);
  });

  contract("a live lease on a dead entry keeps others waiting, whatever they saw", async (t, { backend }, key) => {
    const id = await store(backend, key, Buffer.from("old"), { tagged: true });
    await acquire(backend, key, randomId(), { seenId: id });
    for (const seenId of [id, randomId(), null]) {
      t.deepEqual(await acquire(backend, key, randomId(), { seenId }), { status: "busy" });
    }
  });

  contract("who holds the lease may take it again", async (t, { backend }, key) => {
    const token = randomId();
    await acquire(backend, key, token);
    t.deepEqual(await acquire(backend, key, token), { status: "acquired" });
    t.true(await write(backend, key, token, Buffer.from("value")));
  });

  contract("a lease that has ended is taken over, and its holder's write is dropped", async (t, subject, key) => {
    const { backend } = subject;
    const [late, next] = [randomId(), randomId()];
    // The key itself must outlast the lease, so the lease is put on an entry.
    const id = await store(backend, key, Buffer.from("old"), { tagged: true });
    await acquire(backend, key, late, { seenId: id, leaseMs: 10 });
    await subject.pass(11);
    t.deepEqual(await acquire(backend, key, next, { seenId: id }), { status: "acquired" });
    t.false(await write(backend, key, late, Buffer.from("late")));
    t.false(await renew(backend, key, late));
    t.true(await write(backend, key, next, Buffer.from("next")));
    t.deepEqual(await backend.read([key]), [Buffer.from("next")]);
  });

  contract("a lease that has ended stands until somebody takes it", async (t, subject, key) => {
    const { backend } = subject;
    const token = randomId();
    const id = await store(backend, key, Buffer.from("old"), { tagged: true });
    await acquire(backend, key, token, { seenId: id, leaseMs: 10 });
    await subject.pass(11);
    t.true(await renew(backend, key, token, long));
    t.deepEqual(await acquire(backend, key, randomId(), { seenId: id }), { status: "busy" });
    t.true(await write(backend, key, token, Buffer.from("value")));
  });

  contract("the header that remains of a dead lease is no obstacle", async (t, subject, key) => {
    const leftover = createHeader(randomId(), 0, [], { token: randomId(), end: "0000000000001" });
    await subject.put(key, Buffer.from(leftover), long);
    t.deepEqual(await acquire(subject.backend, key, randomId()), { status: "acquired" });
    await subject.put(key, Buffer.from(createHeader(randomId(), 0, [])), long);
    t.deepEqual(await acquire(subject.backend, key, randomId(), { seenId: randomId() }), { status: "acquired" });
  });

  contract("a write after a delete is dropped", async (t, { backend }, key) => {
    const token = randomId();
    await acquire(backend, key, token);
    await backend.delete([key]);
    t.false(await write(backend, key, token, Buffer.from("stale")));
    t.false(await renew(backend, key, token));
    t.deepEqual(await backend.read([key]), [null]);
  });

  contract("a write after a delete is dropped though another has the lease by now", async (t, { backend }, key) => {
    const [before, after] = [randomId(), randomId()];
    await acquire(backend, key, before);
    await backend.delete([key]);
    await acquire(backend, key, after);
    t.false(await write(backend, key, before, Buffer.from("stale")));
    t.true(await write(backend, key, after, Buffer.from("fresh")));
    t.deepEqual(await backend.read([key]), [Buffer.from("fresh")]);
  });

  contract("an entry that was not seen is returned, whole, and keeps its ttl", async (t, subject, key) => {
    const { backend } = subject;
    const payload = Buffer.alloc(5_000, "x");
    const id = await store(backend, key, payload, { tagged: true });
    const [bytes] = await backend.read([key]);
    const expected: AcquireResult = { status: "changed", bytes: bytes as Buffer };
    t.deepEqual(await acquire(backend, key, randomId(), { leaseMs: longer }), expected);
    t.deepEqual(await acquire(backend, key, randomId(), { seenId: randomId(), leaseMs: longer }), expected);
    t.deepEqual(await acquire(backend, key, randomId(), { seenId: id, leaseMs: longer }), { status: "acquired" });
  });

  contract("a plain entry is returned whatever was seen", async (t, subject, key) => {
    const { backend } = subject;
    for (const plain of [
      Buffer.from("{}"),
      Buffer.alloc(8, "x"),
      Buffer.alloc(0),
      Buffer.from([0]),
      Buffer.from("\0z"),
    ]) {
      await subject.put(key, plain, long);
      t.deepEqual(await acquire(backend, key, randomId()), { status: "changed", bytes: plain });
      t.deepEqual(await acquire(backend, key, randomId(), { seenId: "xxxxxxxx" }), {
        status: "changed",
        bytes: plain,
      });
    }
    lasts(t, await subject.ttlMs(key), long);
  });

  contract("a lease on a dead entry leaves it readable and its ttl no shorter", async (t, subject, key) => {
    const { backend } = subject;
    const token = randomId();
    const id = await store(backend, key, Buffer.from("old"), { tagged: true, ttlMs: longer });
    await acquire(backend, key, token, { seenId: id, leaseMs: long });
    const [bytes] = await backend.read([key]);
    const stored = parseStored(bytes as Buffer);
    t.deepEqual(stored !== "unreadable" && stored.payload, Buffer.from("old"));
    t.deepEqual(stored !== "unreadable" && stored.id, id);
    lasts(t, await subject.ttlMs(key), longer);
  });

  contract("a lease and its renewal raise a shorter ttl", async (t, subject, key) => {
    const { backend } = subject;
    const token = randomId();
    const id = await store(backend, key, Buffer.from("old"), { tagged: true, ttlMs: 20_000 });
    await acquire(backend, key, token, { seenId: id, leaseMs: long });
    lasts(t, await subject.ttlMs(key), long);
    t.true(await renew(backend, key, token, longer));
    lasts(t, await subject.ttlMs(key), longer);
    t.true(await renew(backend, key, token, long));
    lasts(t, await subject.ttlMs(key), longer);
  });

  for (const [what, options] of [
    ["a plain entry", {}],
    ["an entry with tags", { tagged: true }],
  ] as const) {
    for (const shortened of ["its lease", "a renewal"] as const) {
      contract(`${what} that ${shortened} outlasts says itself when it ends`, async (t, subject, key) => {
        const { backend } = subject;
        const token = randomId();
        const payload = Buffer.from("ö".repeat(300));
        await store(backend, key, payload, { ...options, ttlMs: long });
        const [before] = await backend.read([key]);
        const end = (await backend.time()) + ((await subject.ttlMs(key)) as number);
        await acquire(backend, key, token, { force: true, leaseMs: shortened === "its lease" ? longer : 10_000 });
        const between = entryIn((await backend.read([key]))[0]);
        if (shortened === "a renewal") t.is(between.times, null, "the entry outlasts the lease");
        await renew(backend, key, token, longer);
        await renew(backend, key, token, longer);
        const entry = entryIn((await backend.read([key]))[0]);
        t.deepEqual(entry.payload, payload);
        t.deepEqual(entry.versions, entryIn(before).versions);
        t.true(Math.abs((entry.times?.freshUntil ?? 0) - end) < long / 2, `${entry.times?.freshUntil} is not ${end}`);
        lasts(t, await subject.ttlMs(key), longer);
        await backend.release([{ key, token }]);
        // What is given up leaves it as it was.
        const after = entryIn((await backend.read([key]))[0]);
        t.deepEqual([after.payload, after.versions, after.times], [payload, entry.versions, null]);
        const leftMs = await subject.ttlMs(key);
        t.true(leftMs !== null && leftMs <= long && leftMs > long / 2, `has ${leftMs} ms`);
      });
    }
  }

  contract("an entry with times of its own keeps them under a lease that outlasts it", async (t, subject, key) => {
    const { backend } = subject;
    const token = randomId();
    const times = { freshUntil: 1_700_000_000_000, loadMs: 7 };
    const resultTags = [{ name: "a", version: randomId() }];
    await acquire(backend, key, token);
    const bytes = createStored(randomId(), { versions: [randomId()], times, resultTags }, Buffer.from("x"));
    await backend.write([{ key, token, bytes, ttlMs: 20_000, versionKeys: [] }]);
    await acquire(backend, key, token, { force: true, leaseMs: long });
    const entry = entryIn((await backend.read([key]))[0]);
    t.deepEqual([entry.times, entry.resultTags], [times, resultTags]);
  });

  contract("an entry with tags of its result keeps them when it gets its end", async (t, subject, key) => {
    const { backend } = subject;
    const token = randomId();
    const resultTags = [{ name: "a", version: randomId() }];
    await acquire(backend, key, token);
    const bytes = createStored(randomId(), { ...noTerms, resultTags }, Buffer.from("x"));
    await backend.write([{ key, token, bytes, ttlMs: 20_000, versionKeys: [] }]);
    await acquire(backend, key, token, { force: true, leaseMs: long });
    const entry = entryIn((await backend.read([key]))[0]);
    t.not(entry.times, null);
    await backend.release([{ key, token }]);
    t.is(entryIn((await backend.read([key]))[0]).times, null);
    t.deepEqual([entry.resultTags, entry.payload], [resultTags, Buffer.from("x")]);
  });

  contract("bytes that were read stay as they were when a lease comes", async (t, { backend }, key) => {
    const id = await store(backend, key, Buffer.from("old"), { tagged: true });
    const [bytes] = await backend.read([key]);
    const before = Buffer.from(bytes as Buffer);
    const token = randomId();
    await acquire(backend, key, token, { seenId: id });
    await renew(backend, key, token);
    await backend.release([{ key, token }]);
    await acquire(backend, key, randomId(), { force: true });
    t.deepEqual(bytes, before);
  });

  contract("force takes the lease from whoever has it", async (t, { backend }, key) => {
    const [holder, forcing] = [randomId(), randomId()];
    await acquire(backend, key, holder);
    t.deepEqual(await acquire(backend, key, forcing, { force: true }), { status: "acquired" });
    t.false(await write(backend, key, holder, Buffer.from("dropped")));
    t.true(await write(backend, key, forcing, Buffer.from("kept")));
  });

  contract("force takes a key that holds nothing, and an entry that was not seen", async (t, { backend }, key) => {
    t.deepEqual(await acquire(backend, `${key}:none`, randomId(), { force: true }), { status: "acquired" });
    await store(backend, key, Buffer.from("old"), { tagged: true, ttlMs: longer });
    const [before] = await backend.read([key]);
    const token = randomId();
    t.deepEqual(await acquire(backend, key, token, { force: true }), { status: "acquired" });
    const [after] = await backend.read([key]);
    t.deepEqual(after?.subarray(4, 12), before?.subarray(4, 12));
    t.deepEqual(after?.subarray(33), before?.subarray(33));
    t.is(after?.toString("latin1", 12, 20), token);
  });

  contract("a plain entry that is forced gets a header and stays readable", async (t, subject, key) => {
    const { backend } = subject;
    const cases = [Buffer.from("plain"), Buffer.alloc(100_000, "é")];
    for (const [i, plain] of cases.entries()) {
      const token = randomId();
      await subject.put(`${key}:${i}`, plain, longer);
      t.deepEqual(await acquire(backend, `${key}:${i}`, token, { force: true, leaseMs: long }), { status: "acquired" });
      const [bytes] = await backend.read([`${key}:${i}`]);
      const stored = parseStored(bytes as Buffer);
      t.deepEqual(stored !== "unreadable" && stored.payload, plain);
      t.true(stored !== "unreadable" && stored.payload !== null && stored.versions.length === 0);
      lasts(t, await subject.ttlMs(`${key}:${i}`), longer);
      t.true(await write(backend, `${key}:${i}`, token, Buffer.from("new")));
    }
    await subject.put(key, Buffer.from("plain"), 20_000);
    await acquire(backend, key, randomId(), { force: true, leaseMs: long });
    lasts(t, await subject.ttlMs(key), long);
  });

  contract("bytes that can't be read are returned, and replaced when forced", async (t, subject, key) => {
    const { backend } = subject;
    for (const [i, bytes] of unreadable().entries()) {
      const token = randomId();
      await subject.put(`${key}:${i}`, bytes, longer);
      t.false(await write(backend, `${key}:${i}`, token, Buffer.from("x")), `write, case ${i}`);
      t.deepEqual(await acquire(backend, `${key}:${i}`, token), { status: "changed", bytes }, `case ${i}`);
      t.deepEqual(await acquire(backend, `${key}:${i}`, token, { force: true, leaseMs: long }), { status: "acquired" });
      const [after] = await backend.read([`${key}:${i}`]);
      const stored = parseStored(after as Buffer);
      t.true(stored !== "unreadable" && stored.payload === null && after?.length === 36, `case ${i}`);
      lasts(t, await subject.ttlMs(`${key}:${i}`), long);
      t.true(await write(backend, `${key}:${i}`, token, Buffer.from("new")));
    }
  });

  contract("a lease that is released leaves nothing where there was nothing", async (t, { backend }, key) => {
    const token = randomId();
    await acquire(backend, key, token);
    await backend.release([{ key, token }]);
    t.deepEqual(await backend.read([key]), [null]);
  });

  contract("a lease that is released leaves the entry as it was", async (t, subject, key) => {
    const { backend } = subject;
    const token = randomId();
    const id = await store(backend, key, Buffer.from("old"), { tagged: true });
    const before = await backend.read([key]);
    await acquire(backend, key, token, { seenId: id });
    t.notDeepEqual(await backend.read([key]), before);
    await backend.release([{ key, token }]);
    t.deepEqual(await backend.read([key]), before);
    t.false(await write(backend, key, token, Buffer.from("late")));
    t.deepEqual(await acquire(backend, key, randomId(), { seenId: id }), { status: "acquired" });
  });

  contract("releasing another's lease, an entry or nothing changes nothing", async (t, { backend }, key) => {
    const holder = randomId();
    await acquire(backend, key, holder);
    await store(backend, `${key}:plain`, Buffer.from("a plain entry that is longer than a header is"));
    const before = await backend.read([key, `${key}:plain`]);
    const keys = [key, `${key}:plain`, `${key}:none`];
    await backend.release(keys.map((each) => ({ key: each, token: randomId() })));
    t.deepEqual(await backend.read([key, `${key}:plain`]), before);
    t.true(await write(backend, key, holder, Buffer.from("value")));
  });

  contract("a written entry has its own ttl, shorter than the lease or longer", async (t, subject, key) => {
    await store(subject.backend, key, Buffer.from("a"), { ttlMs: 20_000 });
    lasts(t, await subject.ttlMs(key), 20_000);
    await store(subject.backend, `${key}:2`, Buffer.from("a"), { ttlMs: longer });
    lasts(t, await subject.ttlMs(`${key}:2`), longer);
  });

  contract("an entry is gone when its ttl is over", async (t, subject, key) => {
    await store(subject.backend, key, Buffer.from("a"), { ttlMs: 15 });
    await subject.pass(16);
    t.deepEqual(await subject.backend.read([key]), [null]);
    t.deepEqual(await acquire(subject.backend, key, randomId()), { status: "acquired" });
  });

  contract("a write raises the ttl of its tags' versions and never lowers it", async (t, subject, key) => {
    const { backend } = subject;
    const tags = [`${key}:short`, `${key}:long`, `${key}:none`] as const;
    await backend.ensureVersions([{ key: tags[0], seed: randomId(), ttlMs: 20_000 }]);
    await backend.ensureVersions([{ key: tags[1], seed: randomId(), ttlMs: longer }]);
    const token = randomId();
    await acquire(backend, key, token);
    await backend.write([{ ...writeRequest(key, token, Buffer.from("a")), ttlMs: long, versionKeys: tags }]);
    lasts(t, await subject.ttlMs(tags[0]), long);
    lasts(t, await subject.ttlMs(tags[1]), longer);
    t.is(await subject.ttlMs(tags[2]), null);
  });

  contract("entries of one call that share a tag give its version the longest life", async (t, subject, key) => {
    const { backend } = subject;
    const tag = `${key}:tag`;
    const token = randomId();
    await backend.ensureVersions([{ key: tag, seed: randomId(), ttlMs: 20_000 }]);
    const ttls = [longer, long];
    await backend.acquire(ttls.map((ttlMs) => request(`${key}:${ttlMs}`, token)));
    await backend.write(
      ttls.map((ttlMs) => ({ ...writeRequest(`${key}:${ttlMs}`, token, Buffer.from("a")), ttlMs, versionKeys: [tag] })),
    );
    lasts(t, await subject.ttlMs(tag), longer);
  });

  contract("the version that stands is kept, with its ttl raised", async (t, subject, key) => {
    const { backend } = subject;
    const ensure = async (ttlMs: number) =>
      (await backend.ensureVersions([{ key, seed: randomId(), ttlMs }]))[0] as string;
    const version = await ensure(long);
    t.is(version.length, 8);
    lasts(t, await subject.ttlMs(key), long);
    t.deepEqual(await ensure(longer), version);
    lasts(t, await subject.ttlMs(key), longer);
    t.deepEqual(await ensure(long), version);
    lasts(t, await subject.ttlMs(key), longer);
    t.deepEqual(await backend.read([key]), [Buffer.from(version)]);
  });

  contract(
    "a version that was deleted never comes back, though the request that made it is repeated",
    async (t, subject, key) => {
      const { backend } = subject;
      const repeated = { key, seed: randomId(), ttlMs: long };
      const [version] = await backend.ensureVersions([repeated]);
      await backend.delete([key]);
      t.notDeepEqual(await backend.ensureVersions([repeated]), [version as string]);
    },
  );

  contract("what isn't 8 bytes long is no version, and is replaced by one", async (t, subject, key) => {
    await subject.put(key, Buffer.from("an entry of a foreign program"), long);
    const [version] = await subject.backend.ensureVersions([{ key, seed: randomId(), ttlMs: long }]);
    t.is(version?.length, 8);
    t.deepEqual(await subject.backend.read([key]), [Buffer.from(version as string)]);
    lasts(t, await subject.ttlMs(key), long);
  });

  contract("two who create a version at the same time get the same one", async (t, { backend }, key) => {
    const ensure = () => ({ key, seed: randomId(), ttlMs: long });
    const [[a], [b], [c, d]] = await Promise.all([
      backend.ensureVersions([ensure()]),
      backend.ensureVersions([ensure()]),
      backend.ensureVersions([ensure(), ensure()]),
    ]);
    t.deepEqual([b, c, d], [a, a, a]);
  });

  contract("deleting ends entries, leases and versions; what isn't there is no error", async (t, { backend }, key) => {
    const keys = [`${key}:entry`, `${key}:lease`, `${key}:version`, `${key}:none`] as const;
    await store(backend, keys[0], Buffer.from("a"));
    await acquire(backend, keys[1], randomId());
    await backend.ensureVersions([{ key: keys[2], seed: randomId(), ttlMs: long }]);
    await backend.delete([...keys, keys[0]]);
    t.deepEqual(await backend.read(keys), [null, null, null, null]);
  });

  contract(
    "a read that starts after a delete was acknowledged never sees what it deleted",
    async (t, { backend }, key) => {
      for (let round = 0; round < 50; round++) {
        await store(backend, key, Buffer.from("old"));
        const earlier = backend.read([key]);
        await backend.delete([key]);
        // Joins no command that was under way, though the first read may not have been answered.
        t.deepEqual(await backend.read([key]), [null]);
        await earlier;
      }
    },
  );
}

function request(key: string, token: string, options: Partial<AcquireRequest> = {}): AcquireRequest {
  return { key, token, leaseMs: long, seenId: null, force: false, ...options };
}

function writeRequest(key: string, token: string, bytes: Buffer | string): WriteRequest {
  return { key, token, bytes, ttlMs: long, versionKeys: [] };
}

async function acquire(
  backend: Backend,
  key: string,
  token: string,
  options?: Partial<AcquireRequest>,
): Promise<AcquireResult> {
  const [result] = await backend.acquire([request(key, token, options)]);
  return result as AcquireResult;
}

function readAndLease(
  backend: Subject["backend"],
  keys: readonly string[],
  token: string,
  count: number,
): Promise<LeasedValues> {
  return backend.readAndLease(keys, { token, leaseMs: long, count });
}

async function renew(backend: Backend, key: string, token: string, leaseMs = long): Promise<boolean> {
  const [renewed] = await backend.renew([{ key, token, leaseMs }]);
  return renewed as boolean;
}

async function write(
  backend: Backend,
  key: string,
  token: string,
  bytes: Buffer | string,
  ttlMs = long,
): Promise<boolean> {
  const [written] = await backend.write([{ ...writeRequest(key, token, bytes), ttlMs }]);
  return written as boolean;
}

/** The whole way of a miss. Returns the entry's id, which only a tagged one has in its bytes. */
async function store(
  backend: Backend,
  key: string,
  payload: Buffer,
  { tagged = false, ttlMs = long } = {},
): Promise<string> {
  const [token, id] = [randomId(), randomId()];
  await acquire(backend, key, token);
  await write(
    backend,
    key,
    token,
    createStored(id, { ...noTerms, versions: tagged ? [randomId()] : [] }, payload),
    ttlMs,
  );
  return id;
}

/** Bytes that start like a header and aren't one this version can read. */
function unreadable(): Buffer[] {
  const tagged = createStored(
    randomId(),
    { ...noTerms, versions: [randomId(), randomId()] },
    Buffer.from("payload"),
  ) as Buffer;
  const newer = Buffer.from(tagged);
  newer[3] = 2;
  const flagged = Buffer.from(tagged);
  flagged[33] = 9;
  // Two versions and times need more than there is.
  const timed = Buffer.from(tagged);
  timed[33] = 3;
  const cut = [3, 4, 12, 20, 35, 36, 51].map((length) => Buffer.from(tagged.subarray(0, length)));
  return [...cut, newer, flagged, timed];
}

function entryIn(bytes: Buffer | null | undefined): Entry {
  const stored = parseStored(bytes as Buffer);
  if (!(stored instanceof Entry)) throw new Error("There is no entry.");
  return stored;
}

function lasts(t: ExecutionContext, actual: number | null, expected: number): void {
  t.true(actual !== null && actual <= expected && actual > expected - slack, `has ${actual} ms, expected ${expected}`);
}
