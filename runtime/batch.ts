import { type BoundPlan, keyOf, versionKeysOf } from "./bound-plan";
import { BatchError, CacheMissError, KeyError } from "./errors";
import { readAgain } from "./load";
import { type Loader } from "./loader";
import { lookUpAll, type Standard, type Wanted } from "./lookup";
import { type Plan } from "./plan";
import { copyOf } from "./read-through";
import { within } from "./patience";
import { type Missing, type RunLoader, startLoads } from "./start-loads";
import { runLoader, signalOf } from "./with-cache";

/** The ids of a call, each once, in first-seen order, with the key that each is stored under. */
export interface BatchCall {
  /** As the caller gave them, duplicates and all. */
  readonly ids: readonly unknown[];
  /** The key of each of `ids`. */
  readonly keys: readonly string[];
  readonly unique: ReadonlyMap<string, Wanted>;
  /** What follows the list of ids: part of every key. */
  readonly further: readonly unknown[];
}

/** Throws a KeyError when the ids are no list or one of them can't be a key. */
export function parseBatchCall(bound: BoundPlan, self: unknown, args: ArrayLike<unknown>): BatchCall {
  const { ids, further } = splitArguments(bound.plan, args);
  const unique = new Map<string, Wanted>();
  const keys = ids.map((id) => {
    const idArgs = [id, ...further];
    const key = keyOf(bound, self, idArgs);
    if (!unique.has(key)) unique.set(key, { key, args: idArgs, versionKeys: versionKeysOf(bound, self, idArgs) });
    return key;
  });
  return { ids, keys, unique, further };
}

/** The keys of a call, each once: of a batch, one for each id. Throws a KeyError. */
export function keysOf(bound: BoundPlan, self: unknown, args: ArrayLike<unknown>): string[] {
  if (!bound.plan.batch) return [keyOf(bound, self, args)];
  const { ids, further } = splitArguments(bound.plan, args);
  return [...new Set(ids.map((id) => keyOf(bound, self, [id, ...further])))];
}

function splitArguments(plan: Plan, args: ArrayLike<unknown>): Pick<BatchCall, "ids" | "further"> {
  if (plan.rest) return { ids: Array.from(args), further: [] };
  const [ids, ...further] = Array.from(args);
  if (Array.isArray(ids)) return { ids, further };
  throw new KeyError(`${plan.name} is a batch over its first argument, which must be an array of ids.`);
}

/** One read for all ids, one run of the loader for those that are missing, an answer in the caller's order. */
export async function readThroughBatch(
  bound: BoundPlan,
  loader: Loader,
  self: unknown,
  args: ArrayLike<unknown>,
): Promise<unknown> {
  const { plan, timeoutMs, graceMs } = bound;
  const call = parseBatchCall(bound, self, args);
  const run: RunLoader = (missing, loadSignal) => runBatch(plan, loader, self, call.further, missing, loadSignal);
  const signal = signalOf(plan, args);
  if (timeoutMs === null && signal === null && graceMs === 0) return findAll(bound, self, call, run, null);
  try {
    return await within(bound, { timeoutMs, signal }, () => findAll(bound, self, call, run, signal));
  } catch (error) {
    if (graceMs === 0 || signal?.aborted) throw error;
    const { values, absent } = await findStored(bound, call, "spare");
    if (absent.length > 0) throw error;
    return assemble(plan, call, values);
  }
}

async function findAll(
  bound: BoundPlan,
  self: unknown,
  call: BatchCall,
  run: RunLoader,
  signal: AbortSignal | null,
): Promise<unknown> {
  const { cache, plan } = bound;
  const arrival = cache.tick();
  const values = new Map<string, unknown>();
  const wants = (key: string): boolean => call.unique.has(key);

  let open = [...call.unique.values()];
  while (open.length > 0) {
    const free = open.filter(({ key }) => cache.loads.get(key)?.background ?? true);
    const missing: Missing[] = [];
    const outdated: Missing[] = [];
    for (const [i, found] of (free.length > 0 ? await lookUpAll(bound, free) : []).entries()) {
      if (!found.hit) missing.push(found.missing);
      else {
        values.set((free[i] as Wanted).key, found.value);
        if (found.outdated) outdated.push(found.outdated);
      }
    }
    // Its own load is under way before it waits for anybody's: batches that overlap can't block each other.
    const unclaimed = missing.filter(({ key }) => !cache.loads.has(key));
    const own = new Set(unclaimed.length > 0 ? startLoads(bound, self, unclaimed, run) : []);
    const again = outdated.filter(({ key }) => !cache.loads.has(key));
    if (again.length > 0) startLoads(bound, self, again, run, true);
    open = open.filter(({ key }) => !values.has(key));
    await Promise.all(
      open.map(async ({ key }) => {
        const load = cache.loads.get(key);
        if (!load) return;
        const shared = await (own.has(load) ? load.wait(signal) : load.join(arrival, wants, signal));
        if (shared !== readAgain) values.set(key, own.has(load) ? shared.value : copyOf(bound, key, shared));
      }),
    );
    open = open.filter(({ key }) => !values.has(key));
  }
  return assemble(plan, call, values);
}

/** A call that gets what is stored for all of its ids, or rejects with a `CacheMissError`. */
export async function readOnlyBatch(
  bound: BoundPlan,
  _loader: Loader,
  self: unknown,
  args: ArrayLike<unknown>,
): Promise<unknown> {
  const call = parseBatchCall(bound, self, args);
  const { values, absent } = await findStored(bound, call, "served");
  if (absent.length > 0) throw new CacheMissError(bound.plan.name, absent);
  return assemble(bound.plan, call, values);
}

/** What is stored for the ids of a call, and the keys that have nothing of that standard. */
async function findStored(
  bound: BoundPlan,
  call: BatchCall,
  standard: Standard,
): Promise<{ values: ReadonlyMap<string, unknown>; absent: readonly string[] }> {
  const wanted = [...call.unique.values()];
  const values = new Map<string, unknown>();
  const absent: string[] = [];
  for (const [i, found] of (wanted.length > 0 ? await lookUpAll(bound, wanted, standard) : []).entries()) {
    const { key } = wanted[i] as Wanted;
    if (found.hit) values.set(key, found.value);
    else absent.push(key);
  }
  return { values, absent };
}

/** Calls the loader with the ids alone. Rejects with a BatchError unless there is one result for each. */
export async function runBatch(
  plan: Plan,
  loader: Loader,
  self: unknown,
  further: readonly unknown[],
  missing: readonly Pick<Wanted, "args">[],
  signal: AbortSignal | null,
): Promise<unknown[]> {
  const ids = missing.map(({ args }) => args[0]);
  const results: unknown = await runLoader(plan, loader, self, plan.rest ? ids : [ids, ...further], signal);
  if (plan.batch === "map") {
    if (results instanceof Map) return ids.map((id) => results.get(id) as unknown);
    throw new BatchError(`${plan.name} is declared to return a Map, but returned ${describe(results)}.`);
  }
  if (!Array.isArray(results)) {
    const hint = results instanceof Map ? " Declare its return type as Promise<Map<…>>." : "";
    throw new BatchError(
      `${plan.name} must return an array with one result for each id, but returned ${describe(results)}.${hint}`,
    );
  }
  if (results.length !== ids.length) {
    throw new BatchError(
      `${plan.name} returned ${results.length} results for ${ids.length} ids. It must return one for each id, in the same order.`,
    );
  }
  return results as unknown[];
}

/** The answer in the form of the loader's own. An id that a Map doesn't have is stored as undefined, and left out again. */
export function assemble(plan: Plan, call: BatchCall, values: ReadonlyMap<string, unknown>): unknown {
  if (plan.batch !== "map") return call.keys.map((key) => values.get(key));
  const entries = call.ids.map((id, i) => [id, values.get(call.keys[i] as string)] as const);
  return new Map(entries.filter(([, value]) => value !== undefined));
}

function describe(value: unknown): string {
  if (value instanceof Map) return "a Map";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return value === null || typeof value !== "object" ? String(value) : "an object";
}
