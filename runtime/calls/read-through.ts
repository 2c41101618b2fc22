import { type BoundPlan } from "../loads/bound-plan";
import { keyOf, knownKey, rememberKey, versionKeysOf } from "../loads/call-keys";
import { CallerContext } from "../user-code/caller-context";
import { note, noteUnusable } from "../loads/record";
import { CacheMissError } from "../errors";
import { type Load, readAgain, type Shared } from "../cache/load";
import { type Loader } from "../user-code/loader";
import { keysOf, lookUp, wantedOf } from "../loads/lookup";
import { glance, notAtHand } from "../loads/memory-hits";
import { isOursAlone, judge } from "../loads/judge";
import { type Found, Hit, type Standard, Wanted } from "../cache/found";
import { withinOrSpare } from "../loads/timeout";
import { runAlone, type Runner } from "../loads/run-loads";
import { isLoadedAbove, waitsForCaller } from "../cache/runs";
import { addCallers, markFrames } from "../user-code/stacks";
import { startLoads } from "../loads/start-loads";
import { runLoader, signalOf } from "./with-cache";

/**
 * A call of a cached function: read, and on a miss load, store and return. Callers of one
 * key in one process share a load (see `Load`). A value that is at hand is returned as it is.
 */
export function readThrough(bound: BoundPlan, loader: Loader, self: unknown, args: ArrayLike<unknown>): unknown {
  const { plan, timeoutMs, graceMs } = bound;
  const known = knownKey(bound, args);
  const key = known ?? keyOf(bound, self, args);
  const versionKeys = versionKeysOf(bound, self, args);
  // What stands there is what the loader above is to replace.
  const atHand = isLoadedAbove(bound.cache.name, key) ? notAtHand : glance(bound, key, versionKeys);
  if (atHand !== notAtHand) {
    if (known === undefined) rememberKey(bound, args, key);
    return atHand;
  }
  const wanted = new Wanted(key, args, versionKeys);
  const signal = signalOf(plan, args);
  if (timeoutMs === null && signal === null && graceMs === 0) return findSoon(bound, loader, self, wanted);
  return withinOrSpare(
    bound,
    signal,
    () => find(bound, loader, self, wanted, signal),
    (error) => findStored(bound, wanted, "spare", () => error),
  );
}

/** What is stored, if it is of that standard. Else throws what `errorOf` makes. */
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
 * `find` for a first read that mostly is all: each promise, and each turn of the queue, is felt in the time of a hit.
 *
 * The reads of one tick are answered in one callback, which runs in the async context of whoever asked first. A hit that
 * runs nothing of the user's is judged there; everything else goes on in the context of its own caller.
 */
function findSoon(bound: BoundPlan, loader: Loader, self: unknown, wanted: Wanted): Promise<unknown> {
  const { cache } = bound;
  const running = cache.loads.get(wanted.key);
  if ((running && !running.background) || isLoadedAbove(cache.name, wanted.key))
    return find(bound, loader, self, wanted, null);
  const arrival = cache.tick();
  const context = new CallerContext();
  return new Promise((resolve, reject) =>
    cache.readTo(keysOf(wanted), bound.reading, (values) => {
      const judged = isOursAlone(bound) ? judge(bound, wanted, values) : null;
      if (judged instanceof Hit && !judged.outdated) return resolve(judged.value);
      context.run(() => {
        try {
          const found = judged ?? judge(bound, wanted, values);
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

/** @param read what the caller's first read has found, where that has been done, and `arrival` when the caller came */
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
        // A load that `idle` has waited for may have ended, and this caller is about to begin another.
        const reading = first ?? (isAgain ? cache.track(lookUp(bound, wanted)) : lookUp(bound, wanted));
        const found = reading instanceof Promise ? await reading : reading;
        // Somebody else may have begun while this caller read.
        running = cache.loads.get(key);
        if (found instanceof Hit) {
          if (found.outdated && !running) startLoads(bound, self, [found.outdated], runner, true);
          return found.value;
        }
        // It would be loaded for nobody.
        signal?.throwIfAborted();
        if (!running) {
          const [load] = startLoads(bound, self, [found], runner, false) as [Load];
          const own = await load.wait(signal);
          if (own === readAgain) continue;
          return own.value;
        }
      }
      if (waitsForCaller(running.run)) return (await runAlone(bound, runner, [wanted], signal))[0];
      const shared = await running.join(arrival, (other) => other === key, signal);
      if (shared !== readAgain) return copyOf(bound, key, shared);
    }
  } catch (error) {
    throw addCallers(error);
  }
}

export function runnerOf(bound: BoundPlan, loader: Loader, self: unknown): Runner {
  return {
    run: ([wanted], signal) => runLoader(bound.plan, loader, self, (wanted as Wanted).args, signal),
    values: (result) => [result],
  };
}

markFrames(find);

/** A call that gets what is stored, or rejects with a `CacheMissError`. */
export async function readOnly(
  bound: BoundPlan,
  _loader: Loader,
  self: unknown,
  args: ArrayLike<unknown>,
): Promise<unknown> {
  const wanted = wantedOf(bound, self, args);
  return findStored(bound, wanted, "served", () => new CacheMissError(bound.plan.name, [wanted.key]));
}

/** What one caller changes in its value, no other sees. */
export function copyOf(bound: BoundPlan, key: string, shared: Shared): unknown {
  note(bound, "share", key);
  return decodeOwn(bound, key, shared);
}

/** A value of one's own. One that has no encoded form can only be shared as it is. */
export function decodeOwn(bound: BoundPlan, key: string, { value, payload, codec }: Shared): unknown {
  if (payload === null) return value;
  try {
    return codec.decode(typeof payload === "string" ? Buffer.from(payload) : payload);
  } catch (cause) {
    noteUnusable(bound, key, `The result of ${bound.plan.name} could not be decoded`, cause);
    return value;
  }
}
