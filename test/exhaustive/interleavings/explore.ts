import fc from "fast-check";
import type { Backend } from "../../../runtime/backends/backend";
import { MemoryBackend } from "../../../runtime/backends/memory-backend";
import { cacheNamed, configure } from "../../../runtime/cache/configure";
import { registry } from "../../../runtime/cache/registry";
import { boundPlan } from "../../../runtime/loads/bound-plan";
import { FakeClock } from "../../../runtime/testing/fake-clock";
import { settled } from "../../support/cache";
import { delayed, Schedule } from "../../support/schedule";
import { createMortal } from "./mortal";
import { type Action, type Id, type Kind, type Program, program } from "./programs";
import { transact } from "./transact";
import { caller, enter, functions, sources, type Value, world } from "./world";

/** What is explored. Everything that is left out is as it is in production. */
export interface Exploration {
  readonly programs?: fc.Arbitrary<Program>;
  /** What a mutant does to the backend of each process. */
  readonly mutate?: (backend: Backend) => Backend;
  /**
   * Whether no command may be under way when a cache says that it is idle. A mutant may leave
   * commands under way, and has to be found by what it makes stale.
   */
  readonly judgesIdle?: boolean;
}

export async function explore(exploration: Exploration, parameters: fc.Parameters<[Program]>) {
  let playing = Promise.resolve();
  const details = await fc.check(
    fc.asyncProperty(exploration.programs ?? program, (one) => (playing = play(one, exploration))),
    parameters,
  );
  // At the time limit the last run is left to itself, and would go on in the world of the next
  // test.
  await playing.catch(() => {});
  return details;
}

async function play(
  { users, focus, seed }: Program,
  { mutate = (backend) => backend, judgesIdle = false }: Exploration,
): Promise<void> {
  const clock = new FakeClock();
  const zero = () => ({ 1: 0, 2: 0 });
  enter({
    clock,
    schedule: new Schedule(seed),
    // It makes room for all its entries at once.
    store: new MemoryBackend({ clock, maxEntries: 50 }),
    truth: zero(),
    acknowledged: { plain: zero(), tagged: zero(), named: zero() },
    strangers: [],
    mortals: [],
  });
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
  // The time is asked for once a second, and a lease may be renewed after its entry was written.
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
 * @param acknowledges whether nothing that was loaded before the call began may be left when it has
 * resolved, as after a refresh. What it returns may be newer than what is left: if refreshes
 * overlap, the value of the one that began last stays, and the loader of the other may have been
 * slower.
 */
async function check(
  of: Kind,
  wanted: readonly Id[],
  call: () => Promise<readonly Value[]>,
  acknowledges = false,
): Promise<void> {
  const newest = world.acknowledged[of];
  const begunAt = wanted.map((each) => world.truth[each]);
  const floors = wanted.map((each) => newest[each]);
  const values = await caller.run({ kind: of, ids: wanted }, call);
  for (const [i, value] of values.entries()) {
    if (value.id !== wanted[i]) throw new Error(`${value.id} is no answer for ${wanted[i]}.`);
    if (!value.for.includes(value.id))
      throw new Error(`context: ${value.id} was loaded for ${value.for.join()}`);
    if (!Number.isInteger(value.n)) throw new Error(`uncommitted: ${of} ${value.id} is ${value.n}`);
    if (value.n < (floors[i] as number))
      throw new Error(`stale: ${of} ${value.id} is ${value.n}, not ${floors[i]} or later`);
    if (acknowledges) newest[value.id] = Math.max(newest[value.id], begunAt[i] as number);
  }
}
