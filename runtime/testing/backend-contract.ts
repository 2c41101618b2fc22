/**
 * The contract of a backend: the promises that `Backend` states in words, as cases that test a
 * user's own backend.
 */
import assert from "node:assert/strict";
import type {
  AcquireRequest,
  AcquireResult,
  Backend,
  HoldRequest,
  LeasedValues,
  WriteRequest,
} from "../backends/backend";
import { createHeader, createStored, Entry, isHold, noTerms, parseStored } from "../entry/entry";
import { createHold, holdersIn } from "../entry/hold";
import { show } from "../check-options";
import { randomId } from "../entry/id";
import { ConfigError } from "../index";

/** A backend to be tested, and what its interface doesn't say about it. */
export interface BackendSubject {
  readonly backend: Backend;
  /** Stores the bytes behind the protocol's back, as a foreign program would. */
  put(key: string, bytes: Buffer, ttlMs: number): Promise<void>;
  /** Returns how long the key still lives, in milliseconds, or null if there is no such key. */
  ttlMs(key: string): Promise<number | null>;
  /** Waits until this time has passed for the store. */
  pass(ms: number): Promise<void>;
}

interface HoldingSubject extends BackendSubject {
  readonly backend: Backend & Required<Pick<Backend, "readAndLease" | "holdKeys" | "endHolds">>;
}

interface LeasingSubject extends BackendSubject {
  readonly backend: Backend & Required<Pick<Backend, "readAndLease">>;
}

/**
 * One promise of the contract. `run` rejects with an `AssertionError` where the backend doesn't
 * keep it.
 */
export interface ContractCase {
  readonly title: string;
  run(): Promise<void>;
}

/** Long enough for any test; the exact time doesn't matter where this is used. */
const long = 60_000;
const longer = 600_000;
/** A ttl is measured later than it was set. */
const slack = 5_000;

/**
 * What every backend has to do, as cases for any test runner. Each case opens its subject when it
 * runs, and may be given the same subject as the others, because they use different keys. A case
 * about an optional method passes on a backend that leaves the method out.
 *
 * @example
 * for (const { title, run } of backendContract(() => subject)) test(title, run);
 */
export function backendContract(
  open: () => BackendSubject | Promise<BackendSubject>,
): readonly ContractCase[] {
  if (typeof open !== "function")
    throw new ConfigError(
      `backendContract takes a function that opens a subject, but got: ${show(open)}.`,
    );
  const cases: ContractCase[] = [];
  const contract = (
    title: string,
    body: (subject: BackendSubject, key: string) => Promise<void>,
  ): void => {
    // Half of the keys carry a hash tag, which decides the slot on a Cluster.
    const count = cases.length + 1;
    const key = count % 2 === 0 ? `entry:{${count}}:é` : `entry:${count}`;
    cases.push({ title, run: async () => body(await open(), key) });
  };
  /** Makes a case about a method that a backend may leave out. */
  const leasing = (
    title: string,
    body: (subject: LeasingSubject, key: string) => Promise<void>,
  ): void =>
    contract(title, async (subject, key) => {
      if (canLease(subject)) await body(subject, key);
    });

  /** Makes a case about the methods for holds, which a backend may leave out as well. */
  const holding = (
    title: string,
    body: (subject: HoldingSubject, key: string) => Promise<void>,
  ): void =>
    contract(title, async (subject, key) => {
      if (canHold(subject)) await body(subject, key);
    });

  contract(
    "a key that holds nothing is read as null, and a read of no keys has no answers",
    async ({ backend }, key) => {
      assert.deepEqual(await backend.read([key]), [null]);
      assert.deepEqual(await backend.read([]), []);
      assert.deepEqual(await backend.acquire([]), []);
      assert.deepEqual(await backend.renew([]), []);
      assert.deepEqual(await backend.write([]), []);
      assert.deepEqual(await backend.ensureVersions([]), []);
      await backend.release([]);
      await backend.delete([]);
    },
  );

  contract(
    "what was written under a lease is read, and ends the lease",
    async ({ backend }, key) => {
      const [first, second] = [randomId(), randomId()];
      assert.deepEqual(await acquire(backend, key, first), { status: "acquired" });
      isTrue(await write(backend, key, first, Buffer.from("value")));
      assert.deepEqual(await backend.read([key]), [Buffer.from("value")]);
      isFalse(await renew(backend, key, first));
      isFalse(await write(backend, key, first, Buffer.from("again")));
      assert.deepEqual(await acquire(backend, key, second), {
        status: "changed",
        bytes: Buffer.from("value"),
      });
    },
  );

  contract("any bytes survive", async ({ backend }, key) => {
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
      isTrue(await write(backend, `${key}:${i}`, token, payload));
      assert.deepEqual(await backend.read([`${key}:${i}`]), [payload]);
    }
  });

  contract(
    "a read answers in the order of its keys, and gives equal keys equal answers",
    async ({ backend }, key) => {
      await store(backend, `${key}:a`, Buffer.from("a"));
      await store(backend, `${key}:b`, Buffer.from("b"));
      const read = await backend.read([`${key}:b`, `${key}:none`, `${key}:a`, `${key}:b`]);
      assert.deepEqual(read, [Buffer.from("b"), null, Buffer.from("a"), Buffer.from("b")]);
    },
  );

  contract("one call of each kind is enough for many keys", async ({ backend }, key) => {
    const keys = Array.from({ length: 1_500 }, (_, i) => `${key}:${i % 3 === 0 ? `{${i}}` : i}`);
    const token = randomId();
    const acquired = await backend.acquire(keys.map((each) => request(each, token)));
    isTrue(acquired.every(({ status }) => status === "acquired"));
    isTrue(
      (await backend.renew(keys.map((each) => ({ key: each, token, leaseMs: long })))).every(
        Boolean,
      ),
    );
    const written = await backend.write(
      keys.map((each) => writeRequest(each, token, Buffer.from(each))),
    );
    isTrue(written.every(Boolean));
    assert.deepEqual(
      (await backend.read(keys)).map((bytes) => bytes?.toString()),
      keys,
    );
    await backend.delete(keys);
    isTrue((await backend.read(keys)).every((bytes) => bytes === null));
  });

  leasing(
    "a read of many keys takes many leases, and each write ends its own",
    async ({ backend }, key) => {
      const keys = Array.from({ length: 1_500 }, (_, i) => `${key}:${i % 3 === 0 ? `{${i}}` : i}`);
      const token = randomId();
      const { leased } = await readAndLease(backend, keys, token, 1_499);
      assert.deepEqual(leased, Array<boolean>(1_499).fill(true));
      const requests = keys.map((each, i) => ({
        ...writeRequest(each, token, each),
        ttlMs: long + i,
        leaseOnly: true,
      }));
      assert.deepEqual(await backend.write(requests), [...Array<boolean>(1_499).fill(true), false]);
    },
  );

  contract(
    "a lease is stored as a header without payload, which lasts as long as the lease",
    async (subject, key) => {
      const token = randomId();
      await acquire(subject.backend, key, token, { leaseMs: long });
      const [bytes] = await subject.backend.read([key]);
      const stored = parseStored(bytes as Buffer);
      isTrue(stored !== "unreadable" && stored.payload === null);
      assert.equal(bytes?.length, 36);
      assert.equal(bytes?.toString("latin1", 12, 20), token);
      assert.match(bytes?.toString("latin1", 20, 33) ?? "", /^\d{13}$/);
      lasts(await subject.ttlMs(key), long);
    },
  );

  contract("every header made for a lease has an id of its own", async ({ backend }, key) => {
    await acquire(backend, `${key}:a`, randomId());
    await acquire(backend, `${key}:b`, randomId());
    const [a, b] = await backend.read([`${key}:a`, `${key}:b`]);
    assert.notDeepEqual(a?.subarray(4, 12), b?.subarray(4, 12));
  });

  contract(
    "of two callers that want a lease at the same time one gets it",
    async ({ backend }, key) => {
      const results = await Promise.all([
        acquire(backend, key, randomId()),
        acquire(backend, key, randomId()),
      ]);
      assert.deepEqual(results.map(({ status }) => status).sort(), ["acquired", "busy"]);
      const inOneCall = await backend.acquire([
        request(`${key}:2`, randomId()),
        request(`${key}:2`, randomId()),
      ]);
      assert.deepEqual(
        inOneCall.map(({ status }) => status),
        ["acquired", "busy"],
      );
    },
  );

  leasing(
    "a read with leases answers as a read does, and leases what holds nothing",
    async (subject, key) => {
      const { backend } = subject;
      const [holder, token] = [randomId(), randomId()];
      const keys = ["entry", "none", "lease", "more", "version"].map((name) => `${key}:${name}`);
      const [entry, none, lease] = keys as [string, string, string, string, string];
      await store(backend, entry, Buffer.from("value"));
      await acquire(backend, lease, holder);
      const before = await backend.read(keys);
      assert.deepEqual(await readAndLease(backend, keys, token, 3), {
        values: before,
        leased: [false, true, false],
      });
      assert.deepEqual((await readAndLease(backend, keys, randomId(), 3)).leased, [
        false,
        false,
        false,
      ]);
      lasts(await subject.ttlMs(none), long);

      assert.deepEqual(await acquire(backend, none, randomId()), { status: "busy" });
      isTrue(await renew(backend, none, token, longer));
      lasts(await subject.ttlMs(none), longer);
      const requests = [none, lease, entry].map((each) => writeRequest(each, token, "new"));
      assert.deepEqual(
        await backend.write(requests.map((each) => ({ ...each, leaseOnly: true }))),
        [true, false, false],
      );
      lasts(await subject.ttlMs(none), long);
      isTrue(await write(backend, lease, holder, "held"));
      assert.deepEqual(
        (await backend.read(keys)).map((bytes) => bytes?.toString()),
        ["value", "new", "held", undefined, undefined],
      );
    },
  );

  leasing(
    "a lease that was taken with a read ends with a delete, and is given back",
    async ({ backend }, key) => {
      const [first, second] = [randomId(), randomId()];
      const keys = [`${key}:a`, `${key}:b`];
      await readAndLease(backend, keys, first, 2);
      await backend.delete(keys);
      await readAndLease(backend, keys, second, 1);
      const requests = keys.map((each) => ({
        ...writeRequest(each, first, "stale"),
        leaseOnly: true,
      }));
      assert.deepEqual(await backend.write(requests), [false, false]);
      await backend.release(keys.map((each) => ({ key: each, token: second })));
      assert.deepEqual(await backend.read(keys), [null, null]);
    },
  );

  contract(
    "a live lease on a dead entry keeps others waiting, whatever they have read",
    async ({ backend }, key) => {
      const id = await store(backend, key, Buffer.from("old"), { tagged: true });
      await acquire(backend, key, randomId(), { seenId: id });
      for (const seenId of [id, randomId(), null]) {
        assert.deepEqual(await acquire(backend, key, randomId(), { seenId }), { status: "busy" });
      }
    },
  );

  contract("the holder of a lease may take it again", async ({ backend }, key) => {
    const token = randomId();
    await acquire(backend, key, token);
    assert.deepEqual(await acquire(backend, key, token), { status: "acquired" });
    isTrue(await write(backend, key, token, Buffer.from("value")));
  });

  contract(
    "a lease that has ended is taken over, and its holder's write is dropped",
    async (subject, key) => {
      const { backend } = subject;
      const [late, next] = [randomId(), randomId()];
      // The key itself must outlast the lease, so the lease is put on an entry.
      const id = await store(backend, key, Buffer.from("old"), { tagged: true });
      await acquire(backend, key, late, { seenId: id, leaseMs: 10 });
      await subject.pass(11);
      assert.deepEqual(await acquire(backend, key, next, { seenId: id }), { status: "acquired" });
      isFalse(await write(backend, key, late, Buffer.from("late")));
      isFalse(await renew(backend, key, late));
      isTrue(await write(backend, key, next, Buffer.from("next")));
      assert.deepEqual(await backend.read([key]), [Buffer.from("next")]);
    },
  );

  contract("a lease that has ended stays until another caller takes it", async (subject, key) => {
    const { backend } = subject;
    const token = randomId();
    const id = await store(backend, key, Buffer.from("old"), { tagged: true });
    await acquire(backend, key, token, { seenId: id, leaseMs: 10 });
    await subject.pass(11);
    isTrue(await renew(backend, key, token, long));
    assert.deepEqual(await acquire(backend, key, randomId(), { seenId: id }), { status: "busy" });
    isTrue(await write(backend, key, token, Buffer.from("value")));
  });

  contract("the header that remains of a dead lease is not an obstacle", async (subject, key) => {
    const leftover = createHeader(randomId(), 0, [], { token: randomId(), end: "0000000000001" });
    await subject.put(key, Buffer.from(leftover), long);
    assert.deepEqual(await acquire(subject.backend, key, randomId()), { status: "acquired" });
    await subject.put(key, Buffer.from(createHeader(randomId(), 0, [])), long);
    assert.deepEqual(await acquire(subject.backend, key, randomId(), { seenId: randomId() }), {
      status: "acquired",
    });
  });

  contract("a write after a delete is dropped", async ({ backend }, key) => {
    const token = randomId();
    await acquire(backend, key, token);
    await backend.delete([key]);
    isFalse(await write(backend, key, token, Buffer.from("stale")));
    isFalse(await renew(backend, key, token));
    assert.deepEqual(await backend.read([key]), [null]);
  });

  contract(
    "a write after a delete is dropped even if another caller has the lease by then",
    async ({ backend }, key) => {
      const [before, after] = [randomId(), randomId()];
      await acquire(backend, key, before);
      await backend.delete([key]);
      await acquire(backend, key, after);
      isFalse(await write(backend, key, before, Buffer.from("stale")));
      isTrue(await write(backend, key, after, Buffer.from("fresh")));
      assert.deepEqual(await backend.read([key]), [Buffer.from("fresh")]);
    },
  );

  contract(
    "an entry that was not seen is returned, whole, and keeps its ttl",
    async (subject, key) => {
      const { backend } = subject;
      const payload = Buffer.alloc(5_000, "x");
      const id = await store(backend, key, payload, { tagged: true });
      const [bytes] = await backend.read([key]);
      const expected: AcquireResult = { status: "changed", bytes: bytes as Buffer };
      assert.deepEqual(await acquire(backend, key, randomId(), { leaseMs: longer }), expected);
      assert.deepEqual(
        await acquire(backend, key, randomId(), { seenId: randomId(), leaseMs: longer }),
        expected,
      );
      assert.deepEqual(await acquire(backend, key, randomId(), { seenId: id, leaseMs: longer }), {
        status: "acquired",
      });
    },
  );

  contract("a plain entry is returned, whatever the caller has read", async (subject, key) => {
    const { backend } = subject;
    for (const plain of [
      Buffer.from("{}"),
      Buffer.alloc(8, "x"),
      Buffer.alloc(0),
      Buffer.from([0]),
      Buffer.from("\0z"),
    ]) {
      await subject.put(key, plain, long);
      assert.deepEqual(await acquire(backend, key, randomId()), {
        status: "changed",
        bytes: plain,
      });
      assert.deepEqual(await acquire(backend, key, randomId(), { seenId: "xxxxxxxx" }), {
        status: "changed",
        bytes: plain,
      });
    }
    lasts(await subject.ttlMs(key), long);
  });

  contract(
    "a lease on a dead entry leaves it readable and its ttl no shorter",
    async (subject, key) => {
      const { backend } = subject;
      const token = randomId();
      const id = await store(backend, key, Buffer.from("old"), { tagged: true, ttlMs: longer });
      await acquire(backend, key, token, { seenId: id, leaseMs: long });
      const [bytes] = await backend.read([key]);
      const stored = parseStored(bytes as Buffer);
      assert.deepEqual(stored !== "unreadable" && stored.payload, Buffer.from("old"));
      assert.deepEqual(stored !== "unreadable" && stored.id, id);
      lasts(await subject.ttlMs(key), longer);
    },
  );

  contract("a lease and its renewal raise a shorter ttl", async (subject, key) => {
    const { backend } = subject;
    const token = randomId();
    const id = await store(backend, key, Buffer.from("old"), { tagged: true, ttlMs: 20_000 });
    await acquire(backend, key, token, { seenId: id, leaseMs: long });
    lasts(await subject.ttlMs(key), long);
    isTrue(await renew(backend, key, token, longer));
    lasts(await subject.ttlMs(key), longer);
    isTrue(await renew(backend, key, token, long));
    lasts(await subject.ttlMs(key), longer);
  });

  for (const [what, options] of [
    ["a plain entry", {}],
    ["an entry with tags", { tagged: true }],
  ] as const) {
    for (const shortened of ["its lease", "a renewal"] as const) {
      contract(`${what} that ${shortened} outlasts carries its own end`, async (subject, key) => {
        const { backend } = subject;
        const token = randomId();
        const payload = Buffer.from("ö".repeat(300));
        await store(backend, key, payload, { ...options, ttlMs: long });
        const [before] = await backend.read([key]);
        const end = (await backend.time()) + ((await subject.ttlMs(key)) as number);
        await acquire(backend, key, token, {
          force: true,
          leaseMs: shortened === "its lease" ? longer : 10_000,
        });
        const between = entryIn((await backend.read([key]))[0]);
        if (shortened === "a renewal")
          assert.equal(between.times, null, "the entry outlasts the lease");
        await renew(backend, key, token, longer);
        await renew(backend, key, token, longer);
        const entry = entryIn((await backend.read([key]))[0]);
        assert.deepEqual(entry.payload, payload);
        assert.deepEqual(entry.versions, entryIn(before).versions);
        isTrue(
          Math.abs((entry.times?.freshUntil ?? 0) - end) < long / 2,
          `${entry.times?.freshUntil} is not ${end}`,
        );
        lasts(await subject.ttlMs(key), longer);
        await backend.release([{ key, token }]);
        // Giving the lease up leaves the entry as it was.
        const after = entryIn((await backend.read([key]))[0]);
        assert.deepEqual(
          [after.payload, after.versions, after.times],
          [payload, entry.versions, null],
        );
        const leftMs = await subject.ttlMs(key);
        isTrue(leftMs !== null && leftMs <= long && leftMs > long / 2, `has ${leftMs} ms`);
      });
    }
  }

  contract(
    "an entry with times of its own keeps them under a lease that outlasts it",
    async (subject, key) => {
      const { backend } = subject;
      const token = randomId();
      const times = { freshUntil: 1_700_000_000_000, loadMs: 7 };
      const resultTags = [{ name: "a", version: randomId() }];
      await acquire(backend, key, token);
      const bytes = createStored(
        randomId(),
        { versions: [randomId()], times, resultTags },
        Buffer.from("x"),
      );
      await backend.write([{ key, token, bytes, ttlMs: 20_000, versionKeys: [] }]);
      await acquire(backend, key, token, { force: true, leaseMs: long });
      const entry = entryIn((await backend.read([key]))[0]);
      assert.deepEqual([entry.times, entry.resultTags], [times, resultTags]);
    },
  );

  contract(
    "an entry with tags of its result keeps them when it gets its end",
    async (subject, key) => {
      const { backend } = subject;
      const token = randomId();
      const resultTags = [{ name: "a", version: randomId() }];
      await acquire(backend, key, token);
      const bytes = createStored(randomId(), { ...noTerms, resultTags }, Buffer.from("x"));
      await backend.write([{ key, token, bytes, ttlMs: 20_000, versionKeys: [] }]);
      await acquire(backend, key, token, { force: true, leaseMs: long });
      const entry = entryIn((await backend.read([key]))[0]);
      assert.notEqual(entry.times, null);
      await backend.release([{ key, token }]);
      assert.equal(entryIn((await backend.read([key]))[0]).times, null);
      assert.deepEqual([entry.resultTags, entry.payload], [resultTags, Buffer.from("x")]);
    },
  );

  contract(
    "bytes that were read stay as they were when a lease comes",
    async ({ backend }, key) => {
      const id = await store(backend, key, Buffer.from("old"), { tagged: true });
      const [bytes] = await backend.read([key]);
      const before = Buffer.from(bytes as Buffer);
      const token = randomId();
      await acquire(backend, key, token, { seenId: id });
      await renew(backend, key, token);
      await backend.release([{ key, token }]);
      await acquire(backend, key, randomId(), { force: true });
      assert.deepEqual(bytes, before);
    },
  );

  contract("force takes the lease from any holder", async ({ backend }, key) => {
    const [holder, forcing] = [randomId(), randomId()];
    await acquire(backend, key, holder);
    assert.deepEqual(await acquire(backend, key, forcing, { force: true }), { status: "acquired" });
    isFalse(await write(backend, key, holder, Buffer.from("dropped")));
    isTrue(await write(backend, key, forcing, Buffer.from("kept")));
  });

  contract(
    "force takes a key that holds nothing, and an entry that was not seen",
    async ({ backend }, key) => {
      assert.deepEqual(await acquire(backend, `${key}:none`, randomId(), { force: true }), {
        status: "acquired",
      });
      await store(backend, key, Buffer.from("old"), { tagged: true, ttlMs: longer });
      const [before] = await backend.read([key]);
      const token = randomId();
      assert.deepEqual(await acquire(backend, key, token, { force: true }), { status: "acquired" });
      const [after] = await backend.read([key]);
      assert.deepEqual(after?.subarray(4, 12), before?.subarray(4, 12));
      assert.deepEqual(after?.subarray(33), before?.subarray(33));
      assert.equal(after?.toString("latin1", 12, 20), token);
    },
  );

  contract(
    "a plain entry that is forced gets a header and stays readable",
    async (subject, key) => {
      const { backend } = subject;
      const cases = [Buffer.from("plain"), Buffer.alloc(100_000, "é")];
      for (const [i, plain] of cases.entries()) {
        const token = randomId();
        await subject.put(`${key}:${i}`, plain, longer);
        assert.deepEqual(
          await acquire(backend, `${key}:${i}`, token, { force: true, leaseMs: long }),
          {
            status: "acquired",
          },
        );
        const [bytes] = await backend.read([`${key}:${i}`]);
        const stored = parseStored(bytes as Buffer);
        assert.deepEqual(stored !== "unreadable" && stored.payload, plain);
        isTrue(stored !== "unreadable" && stored.payload !== null && stored.versions.length === 0);
        lasts(await subject.ttlMs(`${key}:${i}`), longer);
        isTrue(await write(backend, `${key}:${i}`, token, Buffer.from("new")));
      }
      await subject.put(key, Buffer.from("plain"), 20_000);
      await acquire(backend, key, randomId(), { force: true, leaseMs: long });
      lasts(await subject.ttlMs(key), long);
    },
  );

  contract(
    "bytes that can't be read are returned, and replaced when forced",
    async (subject, key) => {
      const { backend } = subject;
      for (const [i, bytes] of unreadable().entries()) {
        const token = randomId();
        await subject.put(`${key}:${i}`, bytes, longer);
        isFalse(await write(backend, `${key}:${i}`, token, Buffer.from("x")), `write, case ${i}`);
        assert.deepEqual(
          await acquire(backend, `${key}:${i}`, token),
          { status: "changed", bytes },
          `case ${i}`,
        );
        assert.deepEqual(
          await acquire(backend, `${key}:${i}`, token, { force: true, leaseMs: long }),
          {
            status: "acquired",
          },
        );
        const [after] = await backend.read([`${key}:${i}`]);
        const stored = parseStored(after as Buffer);
        isTrue(
          stored !== "unreadable" && stored.payload === null && after?.length === 36,
          `case ${i}`,
        );
        lasts(await subject.ttlMs(`${key}:${i}`), long);
        isTrue(await write(backend, `${key}:${i}`, token, Buffer.from("new")));
      }
    },
  );

  contract(
    "a lease that is released leaves nothing where there was nothing",
    async ({ backend }, key) => {
      const token = randomId();
      await acquire(backend, key, token);
      await backend.release([{ key, token }]);
      assert.deepEqual(await backend.read([key]), [null]);
    },
  );

  contract("a lease that is released leaves the entry as it was", async (subject, key) => {
    const { backend } = subject;
    const token = randomId();
    const id = await store(backend, key, Buffer.from("old"), { tagged: true });
    const before = await backend.read([key]);
    await acquire(backend, key, token, { seenId: id });
    assert.notDeepEqual(await backend.read([key]), before);
    await backend.release([{ key, token }]);
    assert.deepEqual(await backend.read([key]), before);
    isFalse(await write(backend, key, token, Buffer.from("late")));
    assert.deepEqual(await acquire(backend, key, randomId(), { seenId: id }), {
      status: "acquired",
    });
  });

  contract(
    "releasing another's lease, an entry or nothing changes nothing",
    async ({ backend }, key) => {
      const holder = randomId();
      await acquire(backend, key, holder);
      await store(
        backend,
        `${key}:plain`,
        Buffer.from("a plain entry that is longer than a header is"),
      );
      const before = await backend.read([key, `${key}:plain`]);
      const keys = [key, `${key}:plain`, `${key}:none`];
      await backend.release(keys.map((each) => ({ key: each, token: randomId() })));
      assert.deepEqual(await backend.read([key, `${key}:plain`]), before);
      isTrue(await write(backend, key, holder, Buffer.from("value")));
    },
  );

  contract(
    "a written entry has its own ttl, shorter than the lease or longer",
    async (subject, key) => {
      await store(subject.backend, key, Buffer.from("a"), { ttlMs: 20_000 });
      lasts(await subject.ttlMs(key), 20_000);
      await store(subject.backend, `${key}:2`, Buffer.from("a"), { ttlMs: longer });
      lasts(await subject.ttlMs(`${key}:2`), longer);
    },
  );

  contract("an entry is gone when its ttl is over", async (subject, key) => {
    await store(subject.backend, key, Buffer.from("a"), { ttlMs: 15 });
    await subject.pass(16);
    assert.deepEqual(await subject.backend.read([key]), [null]);
    assert.deepEqual(await acquire(subject.backend, key, randomId()), { status: "acquired" });
  });

  contract(
    "a write raises the ttl of its tags' versions and never lowers it",
    async (subject, key) => {
      const { backend } = subject;
      const tags = [`${key}:short`, `${key}:long`, `${key}:none`] as const;
      await backend.ensureVersions([{ key: tags[0], seed: randomId(), ttlMs: 20_000 }]);
      await backend.ensureVersions([{ key: tags[1], seed: randomId(), ttlMs: longer }]);
      const token = randomId();
      await acquire(backend, key, token);
      await backend.write([
        { ...writeRequest(key, token, Buffer.from("a")), ttlMs: long, versionKeys: tags },
      ]);
      lasts(await subject.ttlMs(tags[0]), long);
      lasts(await subject.ttlMs(tags[1]), longer);
      assert.equal(await subject.ttlMs(tags[2]), null);
    },
  );

  contract(
    "entries of one call that share a tag give its version the longest life",
    async (subject, key) => {
      const { backend } = subject;
      const tag = `${key}:tag`;
      const token = randomId();
      await backend.ensureVersions([{ key: tag, seed: randomId(), ttlMs: 20_000 }]);
      const ttls = [longer, long];
      await backend.acquire(ttls.map((ttlMs) => request(`${key}:${ttlMs}`, token)));
      await backend.write(
        ttls.map((ttlMs) => ({
          ...writeRequest(`${key}:${ttlMs}`, token, Buffer.from("a")),
          ttlMs,
          versionKeys: [tag],
        })),
      );
      lasts(await subject.ttlMs(tag), longer);
    },
  );

  contract("an existing version is kept, with its ttl raised", async (subject, key) => {
    const { backend } = subject;
    const ensure = async (ttlMs: number) =>
      (await backend.ensureVersions([{ key, seed: randomId(), ttlMs }]))[0] as string;
    const version = await ensure(long);
    assert.equal(version.length, 8);
    lasts(await subject.ttlMs(key), long);
    assert.deepEqual(await ensure(longer), version);
    lasts(await subject.ttlMs(key), longer);
    assert.deepEqual(await ensure(long), version);
    lasts(await subject.ttlMs(key), longer);
    assert.deepEqual(await backend.read([key]), [Buffer.from(version)]);
  });

  contract(
    "a version that was deleted never comes back, though the request that made it is repeated",
    async (subject, key) => {
      const { backend } = subject;
      const repeated = { key, seed: randomId(), ttlMs: long };
      const [version] = await backend.ensureVersions([repeated]);
      await backend.delete([key]);
      assert.notDeepEqual(await backend.ensureVersions([repeated]), [version as string]);
    },
  );

  contract(
    "bytes that aren't 8 long are not a version, and are replaced by one",
    async (subject, key) => {
      await subject.put(key, Buffer.from("an entry of a foreign program"), long);
      const [version] = await subject.backend.ensureVersions([
        { key, seed: randomId(), ttlMs: long },
      ]);
      assert.equal(version?.length, 8);
      assert.deepEqual(await subject.backend.read([key]), [Buffer.from(version)]);
      lasts(await subject.ttlMs(key), long);
    },
  );

  contract(
    "two callers that create a version at the same time get the same one",
    async ({ backend }, key) => {
      const ensure = () => ({ key, seed: randomId(), ttlMs: long });
      const [[a], [b], [c, d]] = await Promise.all([
        backend.ensureVersions([ensure()]),
        backend.ensureVersions([ensure()]),
        backend.ensureVersions([ensure(), ensure()]),
      ]);
      assert.deepEqual([b, c, d], [a, a, a]);
    },
  );

  contract(
    "deleting removes entries, leases and versions, and a key that holds nothing is not an error",
    async ({ backend }, key) => {
      const keys = [`${key}:entry`, `${key}:lease`, `${key}:version`, `${key}:none`] as const;
      await store(backend, keys[0], Buffer.from("a"));
      await acquire(backend, keys[1], randomId());
      await backend.ensureVersions([{ key: keys[2], seed: randomId(), ttlMs: long }]);
      await backend.delete([...keys, keys[0]]);
      assert.deepEqual(await backend.read(keys), [null, null, null, null]);
    },
  );

  contract(
    "a read that starts after a delete was acknowledged never sees what it deleted",
    async ({ backend }, key) => {
      for (let round = 0; round < 50; round++) {
        await store(backend, key, Buffer.from("old"));
        const earlier = backend.read([key]);
        await backend.delete([key]);
        // The read must not join a command that is under way, although the first read may not have
        // been answered.
        assert.deepEqual(await backend.read([key]), [null]);
        await earlier;
      }
    },
  );

  holding("nothing can be stored at a key that is held, in any way", async ({ backend }, key) => {
    const [writer, late, token] = [randomId(), randomId(), randomId()];
    await store(backend, `${key}:old`, Buffer.from("old"));
    await acquire(backend, `${key}:leased`, late);
    const keys = [`${key}:old`, `${key}:leased`, `${key}:none`];
    assert.deepEqual(await backend.holdKeys(keys.map((each) => holdRequest(each, writer))), [
      false,
      false,
      false,
    ]);
    isFalse(await write(backend, `${key}:leased`, late, "late"));
    isFalse(await renew(backend, `${key}:leased`, late));
    for (const each of keys) {
      const [bytes] = await backend.read([each]);
      const stored = parseStored(bytes as Buffer);
      isTrue(stored !== "unreadable" && stored.payload === null);
      const seenId = stored !== "unreadable" ? stored.id : null;
      for (const options of [{}, { seenId }, { force: true }])
        assert.deepEqual(await acquire(backend, each, token, options), { status: "held" });
      isFalse(await write(backend, each, token, "value"));
      isFalse(
        (await backend.write([{ ...writeRequest(each, token, "value"), leaseOnly: true }]))[0],
      );
      await backend.release([{ key: each, token }]);
      await backend.delete([each]);
      assert.deepEqual(await backend.read([each]), [bytes]);
    }
    assert.deepEqual((await readAndLease(backend, keys, token, 3)).leased, [false, false, false]);
    assert.deepEqual(await backend.endHolds(keys.map((each) => ({ key: each, token: writer }))), [
      true,
      true,
      true,
    ]);
    assert.deepEqual(await backend.read(keys), [null, null, null]);
    assert.deepEqual(await acquire(backend, keys[0] as string, token), { status: "acquired" });
    isTrue(await write(backend, keys[0] as string, token, "value"));
  });

  holding("a held key has no version, and its next one is new", async (subject, key) => {
    const { backend } = subject;
    const ensure = async () =>
      (await backend.ensureVersions([{ key, seed: randomId(), ttlMs: longer }]))[0];
    const before = await ensure();
    const token = randomId();
    await backend.holdKeys([holdRequest(key, token)]);
    assert.equal(await ensure(), null);
    lasts(await subject.ttlMs(key), long);
    const entry = randomId();
    await acquire(backend, `${key}:entry`, entry);
    const request = {
      ...writeRequest(`${key}:entry`, entry, "a"),
      ttlMs: longer,
      versionKeys: [key],
    };
    await backend.write([request]);
    lasts(await subject.ttlMs(key), long);
    await backend.endHolds([{ key, token }]);
    const after = await ensure();
    assert.equal(after?.length, 8);
    assert.notEqual(after, before);
  });

  holding("of several holds on a key each is ended by its own holder", async (subject, key) => {
    const { backend } = subject;
    const [first, second, third] = [randomId(), "\xff\0".repeat(4), randomId()];
    const hold = async (token: string, leaseMs = long) =>
      (await backend.holdKeys([{ key, token, leaseMs }]))[0] as boolean;
    const end = async (token: string) => (await backend.endHolds([{ key, token }]))[0] as boolean;
    isFalse(await hold(first, longer));
    isFalse(await hold(second));
    isFalse(await hold(third));
    lasts(await subject.ttlMs(key), longer);
    isTrue(await end(first));
    lasts(await subject.ttlMs(key), long);
    isFalse(await end(first), "a hold that is ended twice");
    isFalse(await end(randomId()), "or that never was");
    assert.deepEqual(await acquire(backend, key, randomId()), { status: "held" });
    assert.deepEqual(
      holdersIn((await backend.read([key]))[0] as Buffer)?.map(({ token }) => token),
      [second, third],
    );
    isTrue(await hold(second, longer), "it is renewed");
    lasts(await subject.ttlMs(key), longer);
    isTrue(await end(third));
    assert.deepEqual(await backend.ensureVersions([{ key, seed: randomId(), ttlMs: long }]), [
      null,
    ]);
    isTrue(await end(second));
    assert.deepEqual(await backend.read([key]), [null]);
  });

  holding("many keys are held by one call", async ({ backend }, key) => {
    const keys = Array.from({ length: 700 }, (_, i) => `${key}:${i}`);
    const token = randomId();
    const requests = keys.map((each, i) => ({ key: each, token, leaseMs: long + i }));
    assert.deepEqual(await backend.holdKeys(requests), Array<boolean>(700).fill(false));
    assert.deepEqual(await backend.holdKeys(requests), Array<boolean>(700).fill(true));
    await store(backend, `${key}:entry`, Buffer.from("a"));
    await backend.delete([...keys, `${key}:entry`]);
    assert.deepEqual(await backend.read([`${key}:entry`]), [null]);
    const others = keys.slice(0, 2).map((each) => holdRequest(each, randomId()));
    await backend.holdKeys(others);
    assert.deepEqual(await backend.endHolds(requests), Array<boolean>(700).fill(true));
    assert.deepEqual(
      (await backend.read(keys)).map((bytes) => bytes === null),
      keys.map((_, i) => i > 1),
    );
  });

  holding("a hold runs out, and the key is as if nothing had been there", async (subject, key) => {
    const { backend } = subject;
    const token = randomId();
    await backend.holdKeys([{ key, token, leaseMs: 15 }]);
    await subject.pass(16);
    assert.deepEqual(await backend.read([key]), [null]);
    assert.deepEqual(await acquire(backend, key, randomId()), { status: "acquired" });
    assert.deepEqual(await backend.endHolds([{ key, token }]), [false]);
    assert.deepEqual(
      await backend.read([key]),
      [null],
      "what was stored since then ends all the same",
    );
    assert.deepEqual(await backend.holdKeys([{ key, token, leaseMs: long }]), [false]);
  });

  holding(
    "a hold that has run out beside another one leaves the key to the other holder",
    async (subject, key) => {
      const { backend } = subject;
      const [short, other] = [randomId(), randomId()];
      await backend.holdKeys([{ key, token: other, leaseMs: long }]);
      await backend.holdKeys([{ key, token: short, leaseMs: 10 }]);
      await subject.pass(11);
      assert.deepEqual(
        await backend.holdKeys([{ key, token: short, leaseMs: 10 }]),
        [true],
        "nobody could store meanwhile",
      );
      await subject.pass(11);
      assert.deepEqual(await backend.endHolds([{ key, token: other }]), [true]);
      assert.deepEqual(await backend.read([key]), [null]);
    },
  );

  holding(
    "a damaged hold, and the remains of a hold, are not an obstacle",
    async (subject, key) => {
      const { backend } = subject;
      const end = Date.now() + longer;
      const whole = createHold([{ token: randomId(), end }]);
      const cut = whole.subarray(0, whole.length - 1);
      const padded = Buffer.concat([whole, Buffer.from([0])]);
      const bare = Buffer.from(createHeader(randomId(), isHold, []), "latin1");
      const wordy = Buffer.from(whole);
      wordy.write("0x17e9999999e", whole.length - 13, "latin1");
      const past = createHold([{ token: randomId(), end: 1 }]);
      for (const [i, bytes] of [cut, padded, bare, wordy, past].entries()) {
        await subject.put(`${key}:${i}`, bytes, long);
        assert.deepEqual(await acquire(backend, `${key}:${i}`, randomId()), { status: "acquired" });
        assert.equal((await backend.read([`${key}:${i}`]))[0]?.length, 36);
        await subject.put(`${key}:${i}`, bytes, long);
        assert.equal(
          (await backend.ensureVersions([{ key: `${key}:${i}`, seed: randomId(), ttlMs: long }]))[0]
            ?.length,
          8,
        );
        await subject.put(`${key}:${i}`, bytes, long);
        await backend.holdKeys([holdRequest(`${key}:${i}`, "ABCDEFGH")]);
        assert.equal(holdersIn((await backend.read([`${key}:${i}`]))[0] as Buffer)?.length, 1);
        await backend.endHolds([{ key: `${key}:${i}`, token: "ABCDEFGH" }]);
        await subject.put(`${key}:${i}`, bytes, long);
        await backend.delete([`${key}:${i}`]);
        assert.deepEqual(await backend.read([`${key}:${i}`]), [null]);
      }
    },
  );

  holding("a request for no holds has no answers", async ({ backend }) => {
    assert.deepEqual(await backend.holdKeys([]), []);
    assert.deepEqual(await backend.endHolds([]), []);
  });

  return cases;
}

function request(
  key: string,
  token: string,
  options: Partial<AcquireRequest> = {},
): AcquireRequest {
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
  backend: LeasingSubject["backend"],
  keys: readonly string[],
  token: string,
  count: number,
): Promise<LeasedValues> {
  return backend.readAndLease(keys, { token, leaseMs: long, count });
}

async function renew(
  backend: Backend,
  key: string,
  token: string,
  leaseMs = long,
): Promise<boolean> {
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

/**
 * Goes through everything that a miss does. Returns the entry's id, which only a tagged entry has
 * in its bytes.
 */
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
  // Two versions and times need more bytes than there are.
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

function lasts(actual: number | null, expected: number): void {
  isTrue(
    actual !== null && actual <= expected && actual > expected - slack,
    `has ${actual} ms, expected ${expected}`,
  );
}

function isTrue(value: unknown, message?: string): void {
  assert.equal(value, true, message);
}

function isFalse(value: unknown, message?: string): void {
  assert.equal(value, false, message);
}

function canHold(subject: BackendSubject): subject is HoldingSubject {
  return (
    canLease(subject) &&
    subject.backend.holdKeys !== undefined &&
    subject.backend.endHolds !== undefined
  );
}

function canLease(subject: BackendSubject): subject is LeasingSubject {
  return subject.backend.readAndLease !== undefined;
}

function holdRequest(key: string, token: string): HoldRequest {
  return { key, token, leaseMs: long };
}
