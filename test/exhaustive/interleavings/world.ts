import { AsyncLocalStorage } from "node:async_hooks";
import type { MemoryBackend } from "../../../runtime/backends/memory-backend";
import { wrap } from "../../../runtime/calls/cached-function";
import type { Plan, PlanSource } from "../../../runtime/plan";
import type { FakeClock } from "../../../runtime/testing/fake-clock";
import type { Schedule } from "../../support/schedule";
import { template } from "../../support/templates";
import type { Mortal } from "./mortal";
import { type Id, type Kind, kinds } from "./programs";

export interface Value {
  readonly id: Id;
  readonly n: number;
  /** The ids that the caller whose loader made this value requested. */
  readonly for: readonly Id[];
  /** The moment at which the loader of this value began. */
  readonly begunAt: number;
  /** If a refresh has loaded this value: the moment at which the refresh took its lease. */
  readonly leasedAt: number | null;
}

/** Says which values no reader may get any more, because refreshes have resolved. */
export interface Refreshed {
  /** No value that was loaded before this moment, at which the latest refresh began. */
  readonly begunAt: number;
  /** No value of a refresh that took its lease before this moment. */
  readonly leasedAt: number;
}

/**
 * The state of one run of the property. The cached functions are made once for all runs, and look
 * it up.
 */
export interface World {
  readonly schedule: Schedule;
  readonly clock: FakeClock;
  readonly store: MemoryBackend;
  readonly truth: Record<Id, number>;
  /** The newest value whose invalidation was acknowledged. */
  readonly acknowledged: Record<Kind, Record<Id, number>>;
  readonly refreshed: Record<Kind, Record<Id, Refreshed>>;
  /** Loaders that ran in the context of a caller that had not requested what they load. */
  readonly strangers: string[];
  /** The processes that will die, one for each transaction that ends in a death. */
  readonly mortals: Mortal[];
}
export let world: World;

/** Begins a run of the property. */
export function enter(next: World): void {
  world = next;
}

let lastMoment = 0;
/** Moments are counted, so that each is later than the one before. */
export function nextMoment(): number {
  return ++lastMoment;
}

/** Says how transactions write. Mutants change this. */
export const writers = { hold: true, commitLate: false, strict: true };

/** The ids that a caller requests. Each call has an async context of its own. */
export interface Caller {
  readonly kind: Kind;
  readonly ids: readonly Id[];
  /**
   * The values that a transaction has written, which no other caller may see. They are not whole
   * numbers.
   */
  readonly uncommitted?: Map<Id, number>;
  /** For a refresh: the moments at which it took its leases, by key. */
  readonly leasedAt?: Map<string, number>;
}
export const caller = new AsyncLocalStorage<Caller>();

async function load(each: Id): Promise<Value> {
  const { kind, ids: wanted = [], uncommitted, leasedAt } = caller.getStore() ?? {};
  const begunAt = nextMoment();
  if (!wanted.includes(each))
    world.strangers.push(`The loader of ${each} ran as a caller of ${wanted.join()}.`);
  await world.schedule.point();
  const n = uncommitted?.get(each) ?? world.truth[each];
  await world.schedule.point();
  await world.schedule.point();
  return {
    id: each,
    n,
    for: wanted,
    begunAt,
    leasedAt: leasedAt?.get(`${kind}:${each}`) ?? null,
  };
}

export const sources: PlanSource[] = [];
function remember(source: PlanSource): PlanSource {
  sources.push(source);
  return source;
}

/** The single functions and the batches share their keys. */
export const functions = [0, 1].map((number) => {
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

export function raiseFloor(kind: Kind, id: Id, n: number): void {
  const floors = world.acknowledged[kind];
  floors[id] = Math.max(floors[id], n);
}
