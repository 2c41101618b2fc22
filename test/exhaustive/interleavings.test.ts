import { AsyncLocalStorage } from "node:async_hooks";
import test from "ava";
import fc from "fast-check";
import type { Backend } from "../../runtime/backends/backend";
import { wrap } from "../../runtime/calls/cached-function";
import { CallerContext } from "../../runtime/user-code/caller-context";
import { cacheNamed, configure } from "../../runtime/cache/configure";
import { createStored, noTerms, parseStored } from "../../runtime/entry/entry";
import { holdersIn } from "../../runtime/entry/hold";
import { Load } from "../../runtime/cache/load";
import { MemoryBackend } from "../../runtime/backends/memory-backend";
import type { Plan, PlanSource } from "../../runtime/plan";
import { boundPlan } from "../../runtime/loads/bound-plan";
import { randomId } from "../../runtime/entry/id";
import { registry } from "../../runtime/cache/registry";
import { FakeClock } from "../../runtime/testing/fake-clock";
import { hold } from "../../runtime/transactions/hold";
import { transactional } from "../../runtime/transactions/transactional";
import { settled } from "../support/cache";
import { delayed, Schedule } from "../support/schedule";
import { template } from "../support/templates";

/**
 * Two processes with a cache each, on one backend whose requests and answers arrive in any
 * order, and a source of truth. Whoever updates it invalidates afterwards; once that is
 * acknowledged no read that begins later may return anything older.
 *
 * Some write in transactions, which are committed or rolled back, or whose process dies before or
 * behind its commit. Where they hold what they write, no read that begins behind the commit may
 * return anything older.
 */

const ids = [1, 2] as const;
type Id = (typeof ids)[number];
interface Value {
  readonly id: Id;
  readonly n: number;
  /** The ids that the caller had asked for whose loader made it. */
  readonly for: readonly Id[];
}

/**
 * By key, by tag and by a tag of the result are judged apart: each kind of invalidation
 * ends the entries of its own kind. The first are served stale, too.
 */
const kinds = ["plain", "tagged", "named"] as const;
type Kind = (typeof kinds)[number];

type Action =
  | { type: "call" | "refresh"; process: 0 | 1; kind: Kind; id: Id }
  | { type: "batch" | "refreshBatch"; process: 0 | 1; kind: Kind; ids: readonly Id[] }
  | { type: "update"; process: 0 | 1; kind: Kind; id: Id; by: "key" | "tag" | "batch" }
  | Transact
  | { type: "evict"; key: string }
  | { type: "pass"; ms: number };

interface Transact {
  type: "transact";
  process: 0 | 1;
  kind: Kind;
  id: Id;
  /**
   * Without it what is written is invalidated behind the commit. A process that dies has always
   * held it.
   */
  holds: boolean;
  /** It reads what it has written. */
  reads: boolean;
  end: "commit" | "roll back" | "die" | "commit and die";
}

const process_ = fc.constantFrom<0 | 1>(0, 1);
const kind = fc.constantFrom(...kinds);
const id = fc.constantFrom<Id>(1, 1, 1, 2);
const some = fc.constantFrom<readonly Id[]>([1, 2], [2, 1], [1], [2, 1, 2]);
const keys = [
  ...ids.flatMap((each) => [
    `plain:${each}`,
    `tagged:${each}`,
    `named:${each}`,
    `tag:${each}~`,
    `tag:by:${each}~`,
  ]),
  "tags:by~",
];

const transact_: fc.Arbitrary<Action> = fc.record({
  type: fc.constant("transact" as const),
  process: process_,
  kind,
  id,
  holds: fc.boolean(),
  reads: fc.boolean(),
  end: fc.constantFrom<Transact["end"]>(
    "commit",
    "commit",
    "roll back",
    "die",
    "commit and die",
    "commit and die",
  ),
});

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ type: fc.constant("call" as const), process: process_, kind, id }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant("refresh" as const), process: process_, kind, id }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("batch" as const),
      process: process_,
      kind,
      ids: some,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("refreshBatch" as const),
      process: process_,
      kind,
      ids: some,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant("update" as const),
      process: process_,
      kind,
      id,
      by: fc.constantFrom<"key" | "tag" | "batch">("key", "tag", "batch"),
    }),
  },
  { weight: 4, arbitrary: transact_ },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant("evict" as const), key: fc.constantFrom(...keys) }),
  },
  // The lease is 30 ms, the time to live 200 ms.
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("pass" as const),
      ms: fc.constantFrom(5, 15, 40, 250),
    }),
  },
);

interface Program {
  readonly users: readonly (readonly Action[])[];
  /** All of one kind meet more often. */
  readonly focus: Kind | null;
  readonly seed: number;
}

/** Several users at once, each with one action after the other. */
const program: fc.Arbitrary<Program> = fc.record({
  users: fc.array(fc.array(action, { minLength: 2, maxLength: 7, size: "max" }), {
    minLength: 3,
    maxLength: 5,
    size: "max",
  }),
  focus: fc.constantFrom<Kind | null>(...kinds, null),
  seed: fc.integer(),
});

const one = fc.constant<Id>(1);
/**
 * Transactions above all, and who reads what they write. Orders in which holds are what matters are
 * rare elsewhere.
 */
const writing: fc.Arbitrary<Program> = fc.record({
  users: fc.array(
    fc.array(
      fc.oneof(
        {
          weight: 5,
          arbitrary: fc.record({
            type: fc.constant("call" as const),
            process: process_,
            kind,
            id: one,
          }),
        },
        {
          weight: 4,
          arbitrary: transact_.map((each) => ({
            ...(each as Transact),
            id: 1 as const,
            reads: false,
          })),
        },
        {
          weight: 1,
          arbitrary: fc.record({
            type: fc.constant("refresh" as const),
            process: process_,
            kind,
            id: one,
          }),
        },
      ),
      { minLength: 2, maxLength: 4, size: "max" },
    ),
    { minLength: 3, maxLength: 4, size: "max" },
  ),
  focus: fc.constantFrom<Kind>(...kinds),
  seed: fc.integer(),
});

/** What one run of the property has to itself. Functions are made once, and look it up. */
interface World {
  readonly schedule: Schedule;
  readonly clock: FakeClock;
  readonly store: MemoryBackend;
  readonly truth: Record<Id, number>;
  /** The newest value whose invalidation was acknowledged. */
  readonly acknowledged: Record<Kind, Record<Id, number>>;
  /** Loaders that ran as somebody who had not asked for what they load. */
  readonly strangers: string[];
  /** Processes that are going to die, one for each such transaction. */
  readonly mortals: Mortal[];
}
let world: World;

/** What writers with transactions do, which mutants change. */
const writers = { hold: true, commitLate: false, strict: true };

/** Who calls, and what for: each call is a context of its own. */
interface Caller {
  readonly kind: Kind;
  readonly ids: readonly Id[];
  /** Of a transaction: what it has written, which nobody else may see. Not a whole number. */
  readonly uncommitted?: Map<Id, number>;
}
const caller = new AsyncLocalStorage<Caller>();

async function load(each: Id): Promise<Value> {
  const { ids: wanted = [], uncommitted } = caller.getStore() ?? {};
  if (!wanted.includes(each))
    world.strangers.push(`The loader of ${each} ran as a caller of ${wanted.join()}.`);
  await world.schedule.point();
  const n = uncommitted?.get(each) ?? world.truth[each];
  await world.schedule.point();
  await world.schedule.point();
  return { id: each, n, for: wanted };
}

const sources: PlanSource[] = [];
function remember(source: PlanSource): PlanSource {
  sources.push(source);
  return source;
}

/** The single functions and the batches share their keys. */
const functions = [0, 1].map((number) => {
  const make = (each: Kind, plan: Partial<Plan>, loader: Function): Function =>
    wrap(
      remember(() => ({
        name: each,
        cache: `process ${number}`,
        key: template([`${each}:`, ""], (argument) => [argument]),
        when: (result) => (result as Value).n % 4 !== 3,
        ...(each === "plain" && { staleMs: 300, staleIfErrorMs: 400, early: 1 }),
        ...(each === "tagged" && { tags: [template(["", ""], (argument: unknown) => [argument])] }),
        ...(each === "named" && {
          resultTags: [template(["by:", ""], (result) => [(result as Value).id])],
        }),
        ...plan,
      })),
      loader as never,
    );
  const batch = (each: Kind) =>
    make(each, { batch: "array" }, (some: Id[]) => Promise.all(some.map(load)));
  return {
    one: Object.fromEntries(kinds.map((each) => [each, make(each, {}, load)])) as unknown as Record<
      Kind,
      typeof load
    >,
    many: Object.fromEntries(kinds.map((each) => [each, batch(each)])) as unknown as Record<
      Kind,
      (some: readonly Id[]) => Promise<Value[]>
    >,
  };
}) as [Process, Process];

interface Process {
  readonly one: Record<Kind, typeof load>;
  readonly many: Record<Kind, (some: readonly Id[]) => Promise<Value[]>>;
}

/** Makes one run of the property with what a mutant does to the backend. */
/** A mutation may leave commands under way. It has to be found by what it makes stale. */
let judgesIdle = false;

async function play(
  { users, focus, seed }: Program,
  mutate: (backend: Backend) => Backend,
): Promise<void> {
  const clock = new FakeClock();
  const zero = () => ({ 1: 0, 2: 0 });
  world = {
    clock,
    schedule: new Schedule(seed),
    // It makes room for all its entries at once.
    store: new MemoryBackend({ clock, maxEntries: 50 }),
    truth: zero(),
    acknowledged: { plain: zero(), tagged: zero(), named: zero() },
    strangers: [],
    mortals: [],
  };
  const { schedule } = world;
  const chance = (): number => schedule.pick(1_000) / 1_000;
  for (const name of ["process 0", "process 1"]) {
    // What a failed run has left under way must not be waited for.
    registry.caches.delete(name);
    // One of them has the guard in front of its store, which merges the reads of a tick.
    const backend = {
      ...mutate(delayed(world.store, world.schedule)),
      remote: name === "process 1",
    };
    configure(name, {
      backend,
      clock,
      ttl: "200ms",
      lease: "30ms",
      random: chance,
      deadline: "1h",
    });
  }
  // In every other run the functions have mostly missed before, so that they take leases with their
  // reads.
  if (seed % 2 === 0)
    for (const source of sources)
      Object.assign(boundPlan(source), { recentMisses: 8, expectsMissing: true });
  for (const name of registry.caches.keys())
    if (name.startsWith("mortal")) registry.caches.delete(name);
  const deaths = users
    .flat()
    .filter((each) => each.type === "transact" && each.end.endsWith("die")).length;
  for (let i = 0; i < deaths; i++) world.mortals.push(createMortal(`mortal ${i}`, mutate));
  let running = users.length;
  const all = Promise.all(
    users.map(async (actions) => {
      for (const each of actions) {
        await world.schedule.point();
        await perform(focus !== null && "kind" in each ? { ...each, kind: focus } : each);
      }
    }),
  ).finally(() => (running = 0));
  // Nobody waits for it before the schedule has ended.
  all.catch(() => {});
  await world.schedule.run(() => running === 0, clock);
  await all;
  let idle = false;
  void Promise.all(["process 0", "process 1"].map((name) => cacheNamed(name).idle())).then(
    () => (idle = true),
  );
  await world.schedule.run(() => idle, clock);
  await settled();
  // For the time once a second, and about a lease that has been written to meanwhile.
  const left = world.schedule.waiting.filter((what) => what !== "time" && what !== "renew");
  if (judgesIdle && left.length > 0)
    throw new Error(`idle: the store is still asked to ${left.join()}.`);
  const [stranger] = world.strangers;
  if (stranger !== undefined) throw new Error(`context: ${stranger}`);
  // The guard leaves its timer for the next operation.
  if (clock.pending > 1) throw new Error(`${clock.pending} timers are left.`);
}

async function perform(each: Action): Promise<void> {
  const { truth, acknowledged, store, clock } = world;
  switch (each.type) {
    case "call":
      return check(each.kind, [each.id], async () => [
        await functions[each.process].one[each.kind](each.id),
      ]);
    case "batch":
      return check(each.kind, each.ids, () => functions[each.process].many[each.kind](each.ids));
    case "refresh":
      return check(
        each.kind,
        [each.id],
        async () => [await functions[each.process].one[each.kind].refresh(each.id)],
        true,
      );
    case "refreshBatch":
      return check(
        each.kind,
        each.ids,
        () => functions[each.process].many[each.kind].refresh(each.ids),
        true,
      );
    case "update": {
      const n = ++truth[each.id];
      const { one, many } = functions[each.process];
      if (each.by === "tag" && each.kind === "tagged")
        await one.tagged.invalidateTag(String(each.id));
      else if (each.by === "tag" && each.kind === "named")
        await one.named.invalidateTag(`by:${each.id}`);
      else if (each.by === "batch") await many[each.kind].invalidate([each.id]);
      else await one[each.kind].invalidate(each.id);
      acknowledged[each.kind][each.id] = Math.max(acknowledged[each.kind][each.id], n);
      return;
    }
    case "transact":
      return transact(each);
    case "evict":
      return store.delete([each.key]);
    case "pass":
      return clock.advance(each.ms);
  }
}

function raiseFloor(kind: Kind, id: Id, n: number): void {
  const floors = world.acknowledged[kind];
  floors[id] = Math.max(floors[id], n);
}

/**
 * A process that dies: what it sends from then on never arrives, and its holds run out at some
 * time.
 */
interface Mortal {
  readonly name: string;
  die(): void;
  readonly hasDied: Promise<void>;
  /** The clock of the store comes to the end of its holds. */
  expire(): Promise<unknown>;
}

function createMortal(name: string, mutate: (backend: Backend) => Backend): Mortal {
  const { clock, store } = world;
  const held: Parameters<MemoryBackend["endHolds"]>[0][number][] = [];
  let isDead = false;
  let tellDeath = (): void => {};
  const hasDied = new Promise<void>((resolve) => (tellDeath = resolve));
  const die = (): void => {
    isDead = true;
    tellDeath();
  };
  const inner = delayed(store, world.schedule) as Required<Backend>;
  const alive = <Args extends unknown[], T>(ask: (...args: Args) => Promise<T>) => {
    return (...args: Args): Promise<T> => (isDead ? new Promise<T>(() => {}) : ask(...args));
  };
  const holdKeys = alive((requests: Parameters<typeof inner.holdKeys>[0]) => {
    held.push(...requests);
    return inner.holdKeys(requests);
  });
  const backend = {
    ...inner,
    holdKeys,
    endHolds: alive(inner.endHolds),
    delete: alive(inner.delete),
  };
  configure(name, { backend: mutate(backend), clock });
  const expire = async (): Promise<unknown> => {
    const values = await store.read(held.map(({ key }) => key));
    const stands = (i: number, token: string): boolean =>
      holdersIn(values[i] ?? Buffer.alloc(0))?.some((holder) => holder.token === token) ?? false;
    // What does not stand any more can't run out.
    return store.endHolds(held.filter(({ token }, i) => stands(i, token)));
  };
  return { name, die, hasDied, expire };
}

const rolledBack = new Error("rolled back");
const died = new Error("died");

async function transact({ process, kind, id, end, ...given }: Transact): Promise<void> {
  const { truth, schedule } = world;
  const dies = end.endsWith("die");
  const mortal = dies ? (world.mortals.pop() as Mortal) : null;
  const holds = writers.hold && (given.holds || dies);
  const names =
    kind === "plain"
      ? { keys: [`plain:${id}`] }
      : { tags: [kind === "tagged" ? `${id}` : `by:${id}`] };
  const uncommitted = new Map<Id, number>();
  let written = 0;
  const commit = (): void => {
    written = ++truth[id];
    if (holds && writers.strict) raiseFloor(kind, id, written);
  };
  const isDone = caller.run({ kind, ids: [id], uncommitted }, () =>
    transactional(async () => {
      await schedule.point();
      if (holds) await hold({ ...names, cache: mortal?.name ?? `process ${process}`, lease: "1h" });
      uncommitted.set(id, truth[id] + 0.5);
      await schedule.point();
      const { one } = functions[process];
      if (!holds && !dies)
        await (names.tags
          ? one[kind].invalidateTag(names.tags[0] as string)
          : one[kind].invalidate(id));
      if (given.reads && (holds || !dies)) {
        const { n } = await one[kind](id);
        if (n !== uncommitted.get(id))
          throw new Error(`own: ${kind} ${id} is ${n}, not what was written`);
      }
      await schedule.point();
      if (end === "roll back") throw rolledBack;
      if (end !== "die" && (dies || !writers.commitLate)) commit();
      if (!mortal) return;
      mortal.die();
      throw died;
    }),
  );
  if (!mortal) {
    await isDone.catch((error: unknown) => {
      if (error !== rolledBack) throw error;
    });
    if (end === "roll back") return;
    if (writers.commitLate) commit();
    return raiseFloor(kind, id, written);
  }
  // What it would do next it never does: neither does its transaction end here, nor its hold.
  await Promise.race([mortal.hasDied, isDone]).catch((error: unknown) => {
    if (error !== died) throw error;
  });
  for (let i = schedule.pick(12); i > 0; i--) await schedule.point();
  await mortal.expire();
  raiseFloor(kind, id, written);
}

/** @param acknowledges a refresh that has resolved leaves nothing older behind */
async function check(
  of: Kind,
  wanted: readonly Id[],
  call: () => Promise<readonly Value[]>,
  acknowledges = false,
): Promise<void> {
  const newest = world.acknowledged[of];
  const floors = wanted.map((each) => newest[each]);
  const values = await caller.run({ kind: of, ids: wanted }, call);
  for (const [i, value] of values.entries()) {
    if (value.id !== wanted[i]) throw new Error(`${value.id} is no answer for ${wanted[i]}.`);
    if (!value.for.includes(value.id))
      throw new Error(`context: ${value.id} was loaded for ${value.for.join()}`);
    if (!Number.isInteger(value.n)) throw new Error(`uncommitted: ${of} ${value.id} is ${value.n}`);
    if (value.n < (floors[i] as number))
      throw new Error(`stale: ${of} ${value.id} is ${value.n}, not ${floors[i]} or later`);
    if (acknowledges) newest[value.id] = Math.max(newest[value.id], value.n);
  }
}

const none = (backend: Backend): Backend => backend;

async function explore(
  mutate: (backend: Backend) => Backend,
  parameters: fc.Parameters<[Program]>,
  programs: fc.Arbitrary<Program> = program,
) {
  let playing = Promise.resolve();
  const details = await fc.check(
    fc.asyncProperty(programs, (one) => (playing = play(one, mutate))),
    parameters,
  );
  // At the time limit the last run is left to itself, and would go on in the world of the next
  // test.
  await playing.catch(() => {});
  return details;
}

/** `ZCACHE_RUNS=1000000 npx ava test/exhaustive/interleavings.test.ts --timeout 2h` */
const wantedRuns = process.env["ZCACHE_RUNS"];
const numRuns = Number(wantedRuns ?? 4_000);

const explorations: [what: string, programs: fc.Arbitrary<Program>, leastRuns: number][] = [
  [
    "no interleaving of calls, refreshes, invalidations, evictions and lost leases yields a stale value",
    program,
    200,
  ],
  [
    "no interleaving of transactions that commit, roll back and die yields a stale value",
    writing,
    200,
  ],
];

for (const [what, programs, leastRuns] of explorations) {
  test.serial(what, async (t) => {
    const begun = Date.now();
    // A busy machine makes fewer of them.
    const limit = wantedRuns === undefined ? { interruptAfterTimeLimit: 30_000 } : {};
    judgesIdle = true;
    const details = await explore(none, { numRuns, ...limit }, programs);
    judgesIdle = false;
    t.log(`${details.numRuns} runs in ${Date.now() - begun} ms, seed ${details.seed}`);
    t.true(details.numRuns > leastRuns);
    t.false(details.failed, fc.defaultReportMessage(details) ?? "");
  });
}

/** Each leaves one rule of the protocol out. */
const mutants: [
  what: string,
  mutate: (backend: Backend) => Backend,
  serves?: typeof Load.prototype.serves,
][] = [
  ["the write is blind", writeBlindly],
  ["a lease that is taken with its read is taken behind the load", leaseLate],
  ["the versions are read after the load", readVersionsLate],
  ["an invalidation leaves the fence of its tag", leaveFences],
  ["joiners take the flight's value", none, () => true],
];

for (const [what, mutate, serves] of mutants) {
  test.serial(`the same exploration finds a stale value when ${what}`, async (t) => {
    const own = Load.prototype.serves;
    if (serves) Load.prototype.serves = serves;
    try {
      const details = await explore(mutate, { numRuns: 40_000, endOnFailure: true });
      t.log(`found in run ${details.numRuns}, seed ${details.seed}`);
      t.true(details.failed);
      t.regex(String((details.errorInstance as Error | undefined)?.message), /^stale/);
    } finally {
      Load.prototype.serves = own;
    }
  });
}

const writerMutants: [
  what: string,
  change: Partial<typeof writers>,
  mutate: (backend: Backend) => Backend,
][] = [
  ["a process dies behind its commit without a hold", { hold: false }, none],
  ["a hold is released before the commit", { commitLate: true }, none],
  ["holds are not counted", {}, countNoHolds],
  [
    "what a transaction has invalidated is carried out before its commit",
    { hold: false, commitLate: true },
    none,
  ],
];

for (const [what, change, mutate] of writerMutants) {
  test.serial(`the same exploration finds a stale value when ${what}`, async (t) => {
    const own = { ...writers };
    Object.assign(writers, change, { strict: false });
    try {
      const details = await explore(mutate, { numRuns: 40_000, endOnFailure: true }, writing);
      t.log(`found in run ${details.numRuns}, seed ${details.seed}`);
      t.true(details.failed);
      t.regex(String((details.errorInstance as Error | undefined)?.message), /^stale/);
    } finally {
      Object.assign(writers, own);
    }
  });
}

test.serial(
  "the same exploration finds a loader in the wrong context when a merged read continues in the context of its first caller",
  async (t) => {
    const own = CallerContext.prototype.run;
    CallerContext.prototype.run = (work) => work();
    try {
      const details = await explore(none, { numRuns: 40_000, endOnFailure: true });
      t.log(`found in run ${details.numRuns}, seed ${details.seed}`);
      t.true(details.failed);
      t.regex(String((details.errorInstance as Error | undefined)?.message), /^context/);
    } finally {
      CallerContext.prototype.run = own;
    }
  },
);

function writeBlindly(backend: Backend): Backend {
  return {
    ...backend,
    write: async (requests) => {
      // At once, behind the delays: a `SET` without a condition.
      const forced = requests.map(({ key, token }) => ({
        key,
        token,
        leaseMs: 30,
        seenId: null,
        force: true,
      }));
      const { acquire, write } = world.store;
      await world.schedule.point();
      void acquire.call(world.store, forced);
      return write.call(world.store, requests);
    },
  };
}

function leaseLate(backend: Backend): Backend {
  const late = new Set<string>();
  return {
    ...backend,
    readAndLease: async (some, { count, token }) => {
      const values = await backend.read(some);
      const leased = values.slice(0, count).map((bytes) => bytes === null);
      if (leased.includes(true)) late.add(token);
      return { values, leased };
    },
    write: async (requests) => {
      const own = requests.filter(({ token }) => late.has(token));
      void world.store.acquire(
        own.map(({ key, token }) => ({ key, token, leaseMs: 30, seenId: null, force: false })),
      );
      return backend.write(requests);
    },
  };
}

/** All holders are one. */
function countNoHolds(backend: Backend): Backend {
  const { holdKeys, endHolds } = backend as Required<Backend>;
  const token = "one hold";
  return {
    ...backend,
    holdKeys: (requests) => holdKeys(requests.map((request) => ({ ...request, token }))),
    endHolds: (requests) => endHolds(requests.map((request) => ({ ...request, token }))),
  };
}

function leaveFences(backend: Backend): Backend {
  return {
    ...backend,
    delete: (some) => backend.delete(some.filter((key) => !key.startsWith("tags:"))),
  };
}

function readVersionsLate(backend: Backend): Backend {
  return {
    ...backend,
    write: async (requests) => {
      const late = requests.map(async (request) => {
        const stored = parseStored(Buffer.from(request.bytes as string));
        if (stored === "unreadable" || stored.payload === null || request.versionKeys.length === 0)
          return request;
        const versions = await backend.ensureVersions(
          request.versionKeys.map((key) => ({ key, seed: randomId(), ttlMs: 1_000 })),
        );
        return {
          ...request,
          bytes: createStored(
            randomId(),
            { ...noTerms, versions: versions as string[] },
            stored.payload,
          ),
        };
      });
      return backend.write(await Promise.all(late));
    },
  };
}
