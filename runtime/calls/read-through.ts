import { type BoundPlan } from "../loads/bound-plan";
import { keyOf, knownKey, rememberKey, versionKeysOf } from "../loads/call-keys";
import { CallerContext } from "../user-code/caller-context";
import { record, recordUnusable } from "../loads/record";
import { CacheMissError } from "../errors";
import { type Load, readAgain, type Shared } from "../cache/load";
import { type Loader } from "../user-code/loader";
import { giveUpLeases } from "../loads/lease";
import { judgeToLoad, lookUp, lookUpOneToLoad, readToLoad, wantedOf } from "../loads/lookup";
import { peek, notAtHand } from "../loads/memory-hits";
import { isOursAlone } from "../loads/judge";
import { type Found, Hit, type Standard, Wanted } from "../cache/found";
import { registry } from "../cache/registry";
import { isLimited, withinOrStaleIfError } from "../loads/timeout";
import { runAlone, type Runner } from "../loads/run-loads";
import { isLoadedAbove, waitsForCaller } from "../cache/runs";
import { addCallers, markFrames } from "../user-code/stacks";
import { startLoads } from "../loads/start-loads";
import { runLoader, signalOf } from "./with-cache";

/**
 * Carries out a call of a cached function: reads, and on a miss loads, stores and returns. Callers
 * of one key in one process share a load (see `Load`). A value that needs no waiting is returned as
 * it is, not as a promise.
 */
export function readThrough(
  bound: BoundPlan,
  loader: Loader,
  self: unknown,
  args: ArrayLike<unknown>,
): unknown {
  const { plan } = bound;
  const known = knownKey(bound, args);
  const key = known ?? keyOf(bound, self, args);
  const versionKeys = versionKeysOf(bound, self, args);
  // A loader above this call is about to replace what is stored there.
  const atHand = isLoadedAbove(bound.cache.name, key) ? notAtHand : peek(bound, key, versionKeys);
  if (atHand !== notAtHand) {
    if (known === undefined) rememberKey(bound, args, key);
    return atHand;
  }
  const wanted = new Wanted(key, args, versionKeys);
  const signal = signalOf(plan, args);
  if (!isLimited(bound, signal)) return findSoon(bound, loader, self, wanted);
  return withinOrStaleIfError(
    bound,
    signal,
    () => find(bound, loader, self, wanted, signal),
    (error) => findStored(bound, wanted, "staleIfError", () => error),
  );
}

/**
 * Returns what is stored if it is acceptable by that standard. Otherwise it throws the error that
 * `errorOf` makes.
 */
async function findStored(
  bound: BoundPlan,
  wanted: Wanted,
  standard: Standard,
  errorOf: () => unknown,
): Promise<unknown> {
  const found = await lookUp(bound, wanted, standard);
  if (found instanceof Hit) return found.value;
  throw errorOf();
}

/**
 * The fast path of `find` for the common case of a plain hit. Each promise and each microtask is
 * measurable in its latency.
 *
 * The reads of one tick are answered in one callback, which runs in the async context of the first
 * caller. A hit that runs none of the user's code is judged there. Everything else goes on in the
 * context of its own caller.
 */
function findSoon(
  bound: BoundPlan,
  loader: Loader,
  self: unknown,
  wanted: Wanted,
): Promise<unknown> {
  const { cache } = bound;
  const running = cache.loads.get(wanted.key);
  if ((running && !running.background) || isLoadedAbove(cache.name, wanted.key))
    return find(bound, loader, self, wanted, null);
  const arrival = cache.tick();
  const context = new CallerContext();
  return new Promise((resolve, reject) =>
    readToLoad(bound, wanted, (values, lease) => {
      const judged = isOursAlone(bound) ? judgeToLoad(bound, wanted, values, lease) : null;
      if (judged instanceof Hit && !judged.outdated) return resolve(judged.value);
      context.run(() => {
        try {
          const found = judged ?? judgeToLoad(bound, wanted, values, lease);
          if (found instanceof Hit && !found.outdated) resolve(found.value);
          else resolve(find(bound, loader, self, wanted, null, arrival, found));
        } catch (error) {
          // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- what was thrown is what is passed on
          reject(error);
        }
      });
    }),
  );
}

/**
 * @param read what the caller's first read has found, if there was one, and `arrival` the tick of
 * the call
 */
async function find(
  bound: BoundPlan,
  loader: Loader,
  self: unknown,
  wanted: Wanted,
  signal: AbortSignal | null,
  arrival = bound.cache.tick(),
  read: Found | Promise<Found> | null = null,
): Promise<unknown> {
  const { cache } = bound;
  const { key } = wanted;
  const runner = runnerOf(bound, loader, self);
  try {
    if (isLoadedAbove(cache.name, key)) return (await runAlone(bound, runner, [wanted], signal))[0];
    for (let first = read, isAgain = false; ; first = null, isAgain = true) {
      let running = cache.loads.get(key);
      if (first || !running || running.background) {
        const reading = first ?? look(bound, wanted, isAgain);
        const found = reading instanceof Promise ? await reading : reading;
        // Another caller may have begun a load while this one read.
        running = cache.loads.get(key);
        if (found instanceof Hit) {
          if (found.outdated && !running) startLoads(bound, self, [found.outdated], runner, true);
          return found.value;
        }
        if (found.lease && (running || signal?.aborted)) giveUpLeases(cache, [found.lease]);
        // No caller would get the value.
        signal?.throwIfAborted();
        if (!running) {
          const [load] = startLoads(bound, self, [found], runner, false) as [Load];
          const own = await load.wait(signal);
          if (own === readAgain) continue;
          return own.value;
        }
      }
      if (waitsForCaller(running.run)) return (await runAlone(bound, runner, [wanted], signal))[0];
      if (registry.observer !== null) observeWait(bound, running, arrival);
      const shared = await running.join(arrival, (other) => other === key, signal);
      if (shared !== readAgain) return copyOf(bound, key, shared);
    }
  } catch (error) {
    throw isLimited(bound, signal) ? error : addCallers(error);
  }
}

function look(bound: BoundPlan, wanted: Wanted, isAgain: boolean): Promise<Found> {
  const looking = lookUpOneToLoad(bound, wanted);
  // A load that `idle` has waited for may have ended, and this caller is about to begin another
  // one.
  return isAgain ? bound.cache.track(looking) : looking;
}

export function runnerOf(bound: BoundPlan, loader: Loader, self: unknown): Runner {
  return {
    loader,
    run: ([wanted], signal) => runLoader(bound.plan, loader, self, (wanted as Wanted).args, signal),
    values: (result) => [result],
  };
}

markFrames(find);

/** Returns what is stored, or rejects with a `CacheMissError`. */
export async function readOnly(
  bound: BoundPlan,
  _loader: Loader,
  self: unknown,
  args: ArrayLike<unknown>,
): Promise<unknown> {
  const wanted = wantedOf(bound, self, args);
  return findStored(
    bound,
    wanted,
    "served",
    () => new CacheMissError(bound.plan.name, [wanted.key]),
  );
}

/**
 * Notifies Studio that a caller, which arrived at this tick, waits for a load that another caller
 * started.
 */
export function observeWait({ plan, cache }: BoundPlan, load: Load, arrival: number): void {
  if (load.serves(arrival)) registry.observer?.joined(load);
  else registry.observer?.waited(cache, plan.name, load.key);
}

/**
 * Returns a copy for a caller that shares a load, so that no caller sees what another one changes.
 */
export function copyOf(bound: BoundPlan, key: string, shared: Shared): unknown {
  record(bound, "share", key);
  return decodeOwn(bound, key, shared);
}

/** Decodes a value for one caller. A value that has no encoded form is shared as it is. */
export function decodeOwn(bound: BoundPlan, key: string, shared: Shared): unknown {
  try {
    return shared.decode(bound.plan.share === true);
  } catch (cause) {
    recordUnusable(bound, key, `The result of ${bound.plan.name} could not be decoded`, cause);
    return shared.value;
  }
}
