import fc from "fast-check";
import type { Backend } from "../../../runtime/backends/backend";
import { cacheNamed, configure } from "../../../runtime/cache/configure";
import { registry } from "../../../runtime/cache/registry";
import { boundPlan } from "../../../runtime/loads/bound-plan";
import { FakeClock } from "../../../runtime/testing/fake-clock";
import { settled } from "../../support/cache";
import { delayed, Schedule } from "../../support/schedule";
import { createMortal } from "./mortal";
import { ObservedStore } from "./observed-store";
import { type Action, type Id, type Kind, type Program, program } from "./programs";
import { transact } from "./transact";
import { caller, enter, functions, nextMoment, sources, type Value, world } from "./world";

/** This says what is explored. Whatever is left out is as it is in production. */
export interface Exploration {
  readonly programs?: fc.Arbitrary<Program>;
  /** Changes the backend of each process, as a mutant does. */
  readonly mutate?: (backend: Backend) => Backend;
  /**
   * Whether no command may be under way when a cache says that it is idle. A mutant may leave
   * commands under way, and has to be found by what it makes stale.
   */
  readonly judgesIdle?: boolean;
}

export function explore(exploration: Exploration, parameters: fc.Parameters<[Program]>) {
  return fc.check(
    fc.asyncProperty(exploration.programs ?? program, (one) => play(one, exploration)),
    parameters,
  );
}

async function play(
  { users, focus, seed }: Program,
  { mutate = (backend) => backend, judgesIdle = false }: Exploration,
): Promise<void> {
  const clock = new FakeClock();
  const zero = () => ({ 1: 0, 2: 0 });
  const never = () => ({ 1: { begunAt: 0, leasedAt: 0 }, 2: { begunAt: 0, leasedAt: 0 } });
  enter({
    clock,
    schedule: new Schedule(seed),
    // This backend has room for all its entries at once.
    store: new ObservedStore({ clock, maxEntries: 50 }),
    truth: zero(),
    acknowledged: { plain: zero(), tagged: zero(), named: zero() },
    refreshed: { plain: never(), tagged: never(), named: never() },
    strangers: [],
    mortals: [],
  });
  const { schedule } = world;
  const chance = (): number => schedule.pick(1_000) / 1_000;
  for (const name of ["process 0", "process 1"]) {
    // Commands that a failed run has left under way must not be waited for.
    registry.caches.delete(name);
    // One of the caches has the guard in front of its store, which merges the reads of a tick.
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
  // Nobody waits for this promise before the schedule has ended.
  all.catch(() => {});
  await world.schedule.run(() => running === 0, clock);
  await all;
  let idle = false;
  void Promise.all(["process 0", "process 1"].map((name) => cacheNamed(name).idle())).then(
    () => (idle = true),
  );
  await world.schedule.run(() => idle, clock);
  await settled();
  // The cache asks for the time once a second, and it may renew a lease after its entry was
  // written.
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

/**
 * Makes a call and judges what it returns.
 *
 * When a refresh has resolved, no caller gets a value that was loaded before it began. If refreshes
 * overlap, the value of the one that took its lease last stays. What the other returns may be newer
 * than that, because its loader may have been slower, and is no floor for what is read later.
 */
async function check(
  of: Kind,
  wanted: readonly Id[],
  call: () => Promise<readonly Value[]>,
  isRefresh = false,
): Promise<void> {
  const newest = world.acknowledged[of];
  const refreshed = world.refreshed[of];
  const floors = wanted.map((each) => ({ n: newest[each], ...refreshed[each] }));
  const begunAt = nextMoment();
  const asks = { kind: of, ids: wanted, ...(isRefresh && { leasedAt: new Map() }) };
  const values = await caller.run(asks, call);
  for (const [i, value] of values.entries()) {
    const floor = floors[i] as (typeof floors)[number];
    const { id, n, leasedAt } = value;
    if (id !== wanted[i]) throw new Error(`${id} is no answer for ${wanted[i]}.`);
    if (!value.for.includes(id))
      throw new Error(`context: ${id} was loaded for ${value.for.join()}`);
    if (!Number.isInteger(n)) throw new Error(`uncommitted: ${of} ${id} is ${n}`);
    if (n < floor.n) throw new Error(`stale: ${of} ${id} is ${n}, not ${floor.n} or later`);
    if (value.begunAt < floor.begunAt)
      throw new Error(`stale: ${of} ${id} was loaded before a refresh that has resolved`);
    if (leasedAt !== null && leasedAt < floor.leasedAt)
      throw new Error(`stale: ${of} ${id} is of a refresh that a later one has replaced`);
    if (isRefresh)
      refreshed[id] = {
        begunAt: Math.max(refreshed[id].begunAt, begunAt),
        leasedAt: Math.max(refreshed[id].leasedAt, leasedAt ?? 0),
      };
  }
}
