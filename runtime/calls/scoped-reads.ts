import { assemble, parseBatchCall, readOnlyBatch, runnerOf as batchRunnerOf } from "./batch";
import { type BoundPlan } from "../loads/bound-plan";
import { CacheMissError } from "../errors";
import { type Loader } from "../user-code/loader";
import { lookUpAll, wantedOf } from "../loads/lookup";
import { Hit, type Standard, type Wanted } from "../cache/found";
import { within, withinOrStaleIfError } from "../loads/timeout";
import { readOnly, runnerOf } from "./read-through";
import { runAlone, type Runner } from "../loads/run-loads";
import { isLoadedAbove } from "../cache/runs";
import { addCallers, markFrames } from "../user-code/stacks";
import { signalOf } from "./with-cache";
import { invalidateKeys } from "../transactions/invalidate";
import { openScope } from "../transactions/scope";

/**
 * Calls in the async context of a transaction. Its snapshot may be older than what others have
 * invalidated since, and it sees what it has not committed yet. So nothing that is loaded here is
 * stored, no load is shared with others in either direction, and what the transaction has
 * invalidated itself is not read from the cache.
 */

/** The keys that a call wants, and how its answer is made of their values. */
interface ScopedCall {
  readonly wanted: readonly Wanted[];
  readonly runner: Runner;
  answer(values: readonly unknown[]): unknown;
}

function callOf(
  bound: BoundPlan,
  loader: Loader,
  self: unknown,
  args: ArrayLike<unknown>,
): ScopedCall {
  if (!bound.plan.batch) {
    const wanted = [wantedOf(bound, self, args)];
    return { wanted, runner: runnerOf(bound, loader, self), answer: ([value]) => value };
  }
  const call = parseBatchCall(bound, self, args);
  const runner = batchRunnerOf(bound, loader, self, call);
  return { wanted: call.wanted, runner, answer: (values) => assemble(bound, call, values) };
}

/**
 * Returns the stored values, and for the keys that have no usable one, what the loader returns to
 * this caller alone.
 */
export async function readInScope(
  bound: BoundPlan,
  loader: Loader,
  self: unknown,
  args: ArrayLike<unknown>,
): Promise<unknown> {
  const call = callOf(bound, loader, self, args);
  const signal = signalOf(bound.plan, args);
  try {
    return await withinOrStaleIfError(
      bound,
      signal,
      () => find(bound, call, signal),
      (error) => findSpare(bound, call, error),
    );
  } catch (error) {
    throw addCallers(error);
  }
}

/** Marks the places that have no value yet. */
const none = Symbol("none");

async function find(
  bound: BoundPlan,
  { wanted, runner, answer }: ScopedCall,
  signal: AbortSignal | null,
) {
  const values = await lookUp(bound, wanted, "served");
  const missing = wanted.filter((_, i) => values[i] === none);
  if (missing.length > 0) {
    signal?.throwIfAborted();
    const loaded = await runAlone(bound, runner, missing, signal);
    missing.forEach(({ index: place }, i) => (values[place] = loaded[i]));
  }
  return answer(values);
}

async function findSpare(bound: BoundPlan, { wanted, answer }: ScopedCall, error: unknown) {
  const values = await lookUp(bound, wanted, "staleIfError");
  if (values.includes(none)) throw error;
  return answer(values);
}

/** Returns the values that are stored and that this transaction has not invalidated. */
async function lookUp(
  bound: BoundPlan,
  wanted: readonly Wanted[],
  standard: Standard,
): Promise<unknown[]> {
  const values: unknown[] = wanted.map(() => none);
  const readable = wanted.filter(
    (one) => !isInvalidated(bound, one) && !isLoadedAbove(bound.cache.name, one.key),
  );
  const found = readable.length > 0 ? await lookUpAll(bound, readable, standard) : [];
  for (const [i, one] of readable.entries()) {
    const result = found[i];
    // The entry may have been invalidated while it was read.
    if (result instanceof Hit && !isInvalidated(bound, one)) values[one.index] = result.value;
  }
  return values;
}

/** A tag whose name depends on the result is compared by its kind. */
function isInvalidated({ cache, fenceKeys }: BoundPlan, { key, versionKeys }: Wanted): boolean {
  return openScope()?.hasInvalidated(cache.name, [key, ...versionKeys, ...fenceKeys]) ?? false;
}

/**
 * Returns what is stored, or rejects with a `CacheMissError`. It also rejects for what this
 * transaction has invalidated.
 */
export async function readOnlyInScope(
  bound: BoundPlan,
  loader: Loader,
  self: unknown,
  args: ArrayLike<unknown>,
): Promise<unknown> {
  const { wanted } = callOf(bound, loader, self, args);
  const absent = wanted.filter((one) => isInvalidated(bound, one)).map(({ key }) => key);
  if (absent.length > 0) throw new CacheMissError(bound.plan.name, absent);
  return (bound.plan.batch ? readOnlyBatch : readOnly)(bound, loader, self, args);
}

/**
 * Nothing can be stored before the commit, which deletes the entries. The loader runs for this
 * caller alone.
 */
export async function refreshInScope(
  bound: BoundPlan,
  loader: Loader,
  self: unknown,
  args: ArrayLike<unknown>,
): Promise<unknown> {
  const { wanted, runner, answer } = callOf(bound, loader, self, args);
  const keys = wanted.map(({ key }) => key);
  const signal = signalOf(bound.plan, args);
  try {
    await invalidateKeys(bound, keys);
    bound.cache.emit({ type: "transaction", what: "refresh", keys, message: refreshMessage });
    return await within(bound, { timeoutMs: bound.timeoutMs, signal }, async () =>
      answer(wanted.length === 0 ? [] : await runAlone(bound, runner, wanted, signal)),
    );
  } catch (error) {
    throw addCallers(error);
  }
}

const refreshMessage =
  "A refresh inside a transaction can't store what has not been committed, so the function was run and its entry is invalidated with the commit.";

markFrames(readInScope, find, refreshInScope);
