import { type BoundPlan } from "../loads/bound-plan";
import { isPlainArgument, keyOf, versionKeysOf } from "../loads/call-keys";
import { show } from "../check-options";
import { BatchError, CacheMissError, KeyError } from "../errors";
import { type Load, readAgain, Shared } from "../cache/load";
import { type Loader } from "../user-code/loader";
import { registry } from "../cache/registry";
import { giveUpLeases } from "../loads/lease";
import { lookUpAll, lookUpToLoad } from "../loads/lookup";
import { type Found, Hit, Missing, type Standard, Wanted } from "../cache/found";
import { type Plan } from "../plan";
import { isLimited, withinOrStaleIfError } from "../loads/timeout";
import { copyOf, decodeOwn, observeWait } from "./read-through";
import { runAlone, type Runner } from "../loads/run-loads";
import { isLoadedAbove, waitsForCaller } from "../cache/runs";
import { addCallers, markFrames } from "../user-code/stacks";
import { startLoads } from "../loads/start-loads";
import { encode } from "../loads/store";
import { runLoader, signalOf } from "./with-cache";

/** The ids of a call, and the key that each of them is stored at. */
export interface BatchCall {
  /** The ids as the caller gave them, with duplicates. */
  readonly ids: readonly unknown[];
  /** Each key once, in the order in which the ids first name it. */
  readonly wanted: readonly Wanted[];
  /** For each of `ids`, the index of its key in `wanted`; null if it is the same index. */
  readonly places: readonly number[] | null;
  /** The arguments after the list of ids, which are part of every key. */
  readonly further: readonly unknown[];
}

/** Throws a KeyError if the ids are not a list, or if one of them can't be a key. */
export function parseBatchCall(
  bound: BoundPlan,
  self: unknown,
  args: ArrayLike<unknown>,
): BatchCall {
  const { ids, further } = splitArguments(bound.plan, args);
  const want = (id: unknown, place: number): Wanted => {
    const idArgs = further.length === 0 ? [id] : [id, ...further];
    return new Wanted(
      keyOf(bound, self, idArgs),
      idArgs,
      versionKeysOf(bound, self, idArgs),
      place,
    );
  };
  // Comparing ids is several times faster than comparing keys, and distinct plain ids have distinct
  // keys.
  const distinct = new Set(ids);
  if (
    !bound.plan.key.explicit &&
    distinct.size === ids.length &&
    Array.from(distinct).every(isPlainArgument)
  )
    return { ids, wanted: ids.map(want), places: null, further };
  const indexOf = new Map<string, number>();
  const wanted: Wanted[] = [];
  const places = ids.map((id) => {
    const one = want(id, wanted.length);
    let place = indexOf.get(one.key);
    if (place === undefined) {
      indexOf.set(one.key, (place = one.index));
      wanted.push(one);
    }
    return place;
  });
  return { ids, wanted, places, further };
}

/** Returns the keys of a call, each once. A batch has one for each id. Throws a KeyError. */
export function keysOfBatch(bound: BoundPlan, self: unknown, args: ArrayLike<unknown>): string[] {
  if (!bound.plan.batch) return [keyOf(bound, self, args)];
  const { ids, further } = splitArguments(bound.plan, args);
  return [...new Set(ids.map((id) => keyOf(bound, self, [id, ...further])))];
}

const nothing: readonly unknown[] = [];

function splitArguments(plan: Plan, args: ArrayLike<unknown>): Pick<BatchCall, "ids" | "further"> {
  if (plan.rest) return { ids: Array.from(args), further: nothing };
  const [ids] = args as unknown[];
  if (!Array.isArray(ids))
    throw new KeyError(
      `${plan.name} is a batch over its first argument, which must be an array of ids.`,
    );
  // The list is copied, because a caller may change its array while it waits, and each value has to
  // get its place.
  return { ids: ids.slice(), further: args.length === 1 ? nothing : Array.from(args).slice(1) };
}

/** Returns the arguments as templates see them, for each id of a call. */
export function idArgumentsOf(
  plan: Plan,
  args: ArrayLike<unknown>,
): readonly (readonly unknown[])[] {
  const { ids, further } = splitArguments(plan, args);
  return ids.map((id) => [id, ...further]);
}

/**
 * Makes one read for all ids and one run of the loader for those that are missing, and returns the
 * values in the caller's order.
 */
export function readThroughBatch(
  bound: BoundPlan,
  loader: Loader,
  self: unknown,
  args: ArrayLike<unknown>,
): Promise<unknown> {
  const call = parseBatchCall(bound, self, args);
  const runner = runnerOf(bound, loader, self, call);
  const signal = signalOf(bound.plan, args);
  return withinOrStaleIfError(
    bound,
    signal,
    () => findAll(bound, self, call, runner, signal),
    (error) => findStored(bound, call, "staleIfError", () => error),
  );
}

/** Returns a runner that calls the loader with the wanted ids only. */
export function runnerOf(
  bound: BoundPlan,
  loader: Loader,
  self: unknown,
  { further }: Pick<BatchCall, "further">,
): Runner {
  const { plan } = bound;
  return {
    loader,
    run(wanted, signal) {
      const ids = wanted.map(({ args }) => args[0]);
      return runLoader(plan, loader, self, plan.rest ? ids : [ids, ...further], signal);
    },
    values: (results, wanted) => valuesOf(bound, self, wanted, results),
  };
}

/** Marks the places that have no value yet. */
const none = Symbol("none");

async function findAll(
  bound: BoundPlan,
  self: unknown,
  call: BatchCall,
  runner: Runner,
  signal: AbortSignal | null,
): Promise<unknown> {
  const { cache } = bound;
  const { wanted } = call;
  const arrival = cache.tick();
  const values: unknown[] = wanted.map(() => none);
  const isOpen = ({ index: place }: Wanted): boolean => values[place] === none;
  try {
    await loadAlone(
      wanted.filter(({ key }) => isLoadedAbove(cache.name, key)),
      bound,
      runner,
      values,
      signal,
    );
    let isAgain = false;
    for (
      let open = wanted.filter(isOpen);
      open.length > 0;
      open = open.filter(isOpen), isAgain = true
    ) {
      const free =
        cache.loads.size === 0
          ? open
          : open.filter(({ key }) => cache.loads.get(key)?.background ?? true);
      // A load that `idle` has waited for may have ended, and this caller is about to begin
      // another.
      const find = (): Promise<Found[]> =>
        isAgain ? cache.track(lookUpToLoad(bound, free)) : lookUpToLoad(bound, free);
      const found = free.length > 0 ? await find() : [];
      const missing: Missing[] = [];
      const outdated: Missing[] = [];
      for (let i = 0; i < found.length; i++) {
        const one = found[i] as Found;
        if (one instanceof Hit) {
          values[(free[i] as Wanted).index] = one.value;
          if (one.outdated) outdated.push(one.outdated);
        } else missing.push(one);
      }
      // No caller would get the values.
      if (missing.length > 0 && signal?.aborted) await giveUpUnused(bound, missing, signal);
      // It begins its own loads before it waits for those of others, so that overlapping batches
      // can't block each other.
      const own = loadUnclaimed(bound, self, missing, runner, false);
      loadUnclaimed(bound, self, outdated, runner, true);
      const hasOthers = own.length < missing.length || free.length < open.length;
      if (hasOthers) await waitForLoads(bound, runner, wanted, values, own, arrival, signal);
      else if (own.length > 0) await waitForAll(own, signal, values);
      else break;
    }
    return assemble(bound, call, values);
  } catch (error) {
    throw isLimited(bound, signal) ? error : addCallers(error);
  }
}

/**
 * Releases the leases that were taken with the read, because the caller has aborted. Rejects with
 * the signal's reason.
 */
async function giveUpUnused(
  { cache }: BoundPlan,
  missing: readonly Missing[],
  signal: AbortSignal,
): Promise<never> {
  giveUpLeases(
    cache,
    missing.flatMap(({ lease }) => lease ?? []),
  );
  throw signal.reason;
}

/** Loads keys whose loads this caller must not wait for. */
async function loadAlone(
  wanted: readonly Wanted[],
  bound: BoundPlan,
  runner: Runner,
  values: unknown[],
  signal: AbortSignal | null,
): Promise<void> {
  if (wanted.length === 0) return;
  const results = await runAlone(bound, runner, wanted, signal);
  wanted.forEach(({ index: place }, i) => (values[place] = results[i]));
}

markFrames(findAll);

/** Begins to load the keys that are not being loaded yet. */
function loadUnclaimed(
  bound: BoundPlan,
  self: unknown,
  missing: readonly Missing[],
  runner: Runner,
  background: boolean,
): readonly Load[] {
  const { cache } = bound;
  const unclaimed = missing.filter((one) => !cache.loads.has(one.wanted.key));
  if (unclaimed.length < missing.length) {
    const unused = missing.flatMap(({ wanted, lease }) =>
      lease && cache.loads.has(wanted.key) ? lease : [],
    );
    giveUpLeases(cache, unused);
  }
  return unclaimed.length > 0 ? startLoads(bound, self, unclaimed, runner, background) : [];
}

/**
 * Waits for the loads of this caller and for those of others, and fills in the values that are
 * missing.
 */
async function waitForLoads(
  bound: BoundPlan,
  runner: Runner,
  wanted: readonly Wanted[],
  values: unknown[],
  own: readonly Load[],
  arrival: number,
  signal: AbortSignal | null,
): Promise<void> {
  const { loads } = bound.cache;
  const isOwn = new Set(own);
  const indexOf = new Map(wanted.map(({ key, index }) => [key, index]));
  const others = wanted.flatMap(({ key, index }) => {
    const load = values[index] === none ? loads.get(key) : undefined;
    return load && !isOwn.has(load) ? load : [];
  });
  // Loads that wait for the loader that made this call are not waited for.
  const circular = others.filter(({ run }) => waitsForCaller(run));
  const circularKeys = new Set(circular.map(({ key }) => key));
  await Promise.all([
    waitForAll(own, signal, values),
    loadAlone(
      wanted.filter(({ key }) => circularKeys.has(key)),
      bound,
      runner,
      values,
      signal,
    ),
    ...others.map(async (load) => {
      if (circularKeys.has(load.key)) return;
      if (registry.observer !== null) observeWait(bound, load, arrival);
      const shared = await load.join(arrival, (key) => indexOf.has(key), signal);
      if (shared !== readAgain)
        values[indexOf.get(load.key) as number] = copyOf(bound, load.key, shared);
    }),
  ]);
}

/**
 * Waits for loads that this caller began, and fills in their values. Rejects as soon as one of them
 * does.
 */
function waitForAll(
  loads: readonly Load[],
  signal: AbortSignal | null,
  values: unknown[],
): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = loads.length;
    if (left === 0) resolve();
    for (const load of loads) {
      load.want(signal);
      load.addWaiter({
        resolve(result) {
          if (result !== readAgain) values[load.missing.wanted.index] = result.value;
          if (--left === 0) resolve();
        },
        reject,
      });
    }
  });
}

/** Returns what is stored for all ids, or rejects with a `CacheMissError`. */
export async function readOnlyBatch(
  bound: BoundPlan,
  _loader: Loader,
  self: unknown,
  args: ArrayLike<unknown>,
): Promise<unknown> {
  const call = parseBatchCall(bound, self, args);
  return findStored(bound, call, "served", (absent) => new CacheMissError(bound.plan.name, absent));
}

/**
 * Returns what is stored for the ids of a call if all of it is acceptable by that standard.
 * Otherwise it throws the error that `errorOf` makes.
 */
async function findStored(
  bound: BoundPlan,
  call: BatchCall,
  standard: Standard,
  errorOf: (absent: readonly string[]) => unknown,
): Promise<unknown> {
  const found = call.wanted.length > 0 ? await lookUpAll(bound, call.wanted, standard) : [];
  const absent = found.flatMap((one) => (one instanceof Missing ? one.wanted.key : []));
  if (absent.length > 0) throw errorOf(absent);
  const values = found.map((one) => (one as Hit).value);
  return assemble(bound, call, values);
}

/**
 * Returns the loader's results in the order of the wanted keys. Throws a BatchError unless there is
 * one for each.
 */
function valuesOf(
  bound: BoundPlan,
  self: unknown,
  wanted: readonly Wanted[],
  results: unknown,
): readonly unknown[] {
  const { plan } = bound;
  if (plan.batch === "map") {
    if (results instanceof Map) return findInMap(bound, self, wanted, results);
    throw new BatchError(
      `${plan.name} is declared to return a Map, but returned ${describe(results)}.`,
    );
  }
  if (!Array.isArray(results)) {
    const hint = results instanceof Map ? " Declare its return type as Promise<Map<…>>." : "";
    throw new BatchError(
      `${plan.name} must return an array with one result for each id, but returned ${describe(results)}.${hint}`,
    );
  }
  if (results.length !== wanted.length) {
    throw new BatchError(
      `${plan.name} returned ${results.length} results for ${wanted.length} ids. It must return one for each id, in the same order.`,
    );
  }
  return results as unknown[];
}

/**
 * Returns what the Map has for each id, under the id itself or under another value with the same
 * key, such as an equal ObjectId. It is undefined for an id that the Map doesn't have. Throws a
 * BatchError if the Map has none of the ids, but others.
 */
function findInMap(
  bound: BoundPlan,
  self: unknown,
  wanted: readonly Wanted[],
  results: ReadonlyMap<unknown, unknown>,
): readonly unknown[] {
  if (results.size === 0 || wanted.every(({ args }) => results.has(args[0])))
    return wanted.map(({ args }) => results.get(args[0]));
  const byKey = new Map<string, unknown>();
  const further = Array.from((wanted[0] as Wanted).args).slice(1);
  for (const [id, value] of results) {
    try {
      byKey.set(keyOf(bound, self, [id, ...further]), value);
    } catch {
      // It is not an id, so it can't be one of those that are wanted.
    }
  }
  const found = wanted.map(({ args, key }) =>
    results.has(args[0]) ? results.get(args[0]) : byKey.get(key),
  );
  if (wanted.some(({ args, key }) => results.has(args[0]) || byKey.has(key))) return found;
  const [other] = results.keys();
  throw new BatchError(
    `${bound.plan.name} returned a Map that has none of the ids it was called with: it was asked for ${show(wanted[0]?.args[0])} (${typeof wanted[0]?.args[0]}) and has ${show(other)} (${typeof other}). Its keys must be the ids, of the same type.`,
  );
}

/**
 * Returns the values in the form of the loader's own result. An id that a Map doesn't have is
 * stored as undefined, and left out again.
 * @param values in the order of `wanted`
 */
export function assemble(
  bound: BoundPlan,
  { ids, places, wanted }: BatchCall,
  values: readonly unknown[],
): unknown {
  const all = places ? spread(bound, wanted, places, values) : values;
  if (bound.plan.batch !== "map") return all;
  const entries = ids.map((id, i) => [id, all[i]] as const);
  return new Map(entries.filter(([, value]) => value !== undefined));
}

/**
 * Gives an id that occurs twice a value of its own in each place, so that a change of one doesn't
 * show in the other.
 */
function spread(
  bound: BoundPlan,
  wanted: readonly Wanted[],
  places: readonly number[],
  values: readonly unknown[],
): readonly unknown[] {
  const given = new Set<number>();
  return places.map((place) => {
    const value = values[place];
    if (given.has(place)) return duplicate(bound, (wanted[place] as Wanted).key, value);
    given.add(place);
    return value;
  });
}

/**
 * Returns a copy that is made by the codec. A value that has no encoded form is returned as it is.
 */
function duplicate(bound: BoundPlan, key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const payload = encode(bound, key, value);
  return payload === null ? value : decodeOwn(bound, key, new Shared(value, payload, bound.codec));
}

function describe(value: unknown): string {
  if (value instanceof Map) return "a Map";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return value === null || typeof value !== "object" ? String(value) : "an object";
}
