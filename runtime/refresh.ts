import { assemble, parseBatchCall, runBatch, valuesOf } from "./batch";
import { type BoundPlan } from "./bound-plan";
import { noteAll, noteFailure } from "./counters";
import { acquireLeases, type Lease, releaseLeases, renewLeases } from "./lease";
import { type Loader } from "./loader";
import { type Wanted, wantedOf } from "./lookup";
import { within } from "./patience";
import { addCallers, markFrames } from "./stacks";
import { addResultTags } from "./result-tags";
import { type Candidate, encode, judgeValue, store } from "./store";
import { ensureVersions } from "./tag-versions";
import { runLoader, signalOf } from "./with-cache";

type Run = () => Promise<readonly unknown[]>;

/** Recomputes, stores, and returns once it is stored, whatever was stored before. */
export async function refresh(
  bound: BoundPlan,
  loader: Loader,
  self: unknown,
  args: ArrayLike<unknown>,
): Promise<unknown> {
  const { plan, timeoutMs } = bound;
  try {
    return await within(bound, { timeoutMs, signal: signalOf(plan, args) }, () =>
      plan.batch ? refreshBatch(bound, loader, self, args) : refreshOne(bound, loader, self, args),
    );
  } catch (error) {
    throw addCallers(error);
  }
}

markFrames(refresh);

async function refreshOne(bound: BoundPlan, loader: Loader, self: unknown, args: ArrayLike<unknown>): Promise<unknown> {
  const wanted = wantedOf(bound, self, args);
  const run: Run = async () => [await runLoader(bound.plan, loader, self, args, null)];
  const [value] = await reload(bound, self, [wanted], run);
  return value;
}

async function refreshBatch(
  bound: BoundPlan,
  loader: Loader,
  self: unknown,
  args: ArrayLike<unknown>,
): Promise<unknown> {
  const call = parseBatchCall(bound, self, args);
  const { wanted } = call;
  const ids = wanted.map(({ args }) => args[0]);
  const run: Run = async () => valuesOf(bound.plan, ids, await runBatch(bound.plan, loader, self, call, ids, null));
  return assemble(bound.plan, call, wanted.length === 0 ? [] : await reload(bound, self, wanted, run));
}

function reload(bound: BoundPlan, self: unknown, wanted: readonly Wanted[], run: Run): Promise<readonly unknown[]> {
  return bound.cache.track(reloadAll(bound, self, wanted, run));
}

/**
 * What can't be stored is invalidated, for the entry that stands is known to be outdated:
 * `when` said no, the store refused it, or another refresh or an invalidation has ended
 * the lease, after which the old entry might be there for a while yet.
 */
async function reloadAll(
  bound: BoundPlan,
  self: unknown,
  wanted: readonly Wanted[],
  run: Run,
): Promise<readonly unknown[]> {
  const { cache } = bound;
  const { clock } = cache.settings;
  const right = await takeRight(bound, wanted);
  const leases = right?.leases ?? [];
  const stopRenewing = renewLeases(cache, leases);
  const keys = wanted.map(({ key }) => key);
  noteAll(bound, "load", keys);
  const startedAt = clock.now();
  let values: readonly unknown[];
  try {
    values = await run();
  } catch (error) {
    stopRenewing();
    noteFailure(bound, keys, error);
    await releaseLeases(cache, leases);
    throw error;
  }
  const outdated = await storeAll(bound, self, wanted, values, right, clock.now() - startedAt).finally(stopRenewing);
  // A fault is an event; the value is still the caller's.
  await cache.invalidateKeys(outdated).catch(() => {});
  return values;
}

/** The leases on what is to be stored, in its order, and its tags' versions. */
interface Right {
  readonly leases: readonly Lease[];
  readonly versions: ReadonlyMap<string, string>;
}

/** Takes the leases, whoever has them: a write that began before must not bury this one. Null: nothing can be stored. */
async function takeRight(bound: BoundPlan, wanted: readonly Wanted[]): Promise<Right | null> {
  const requests = wanted.map(({ key }) => ({ key, missing: { seenId: null, force: true } }));
  const [answers, versions] = await Promise.all([
    acquireLeases(bound.cache, requests),
    ensureVersions(bound, [...wanted.flatMap(({ versionKeys }) => versionKeys), ...bound.fenceKeys]),
    bound.timed ? bound.cache.storeClock.ready() : null,
  ]);
  // Whoever forces is neither told "busy" nor "changed".
  const leases = answers as Lease[] | null;
  if (leases && versions) return { leases, versions };
  if (leases) void bound.cache.track(releaseLeases(bound.cache, leases));
  return null;
}

/** Returns the keys of what was not stored. */
async function storeAll(
  bound: BoundPlan,
  self: unknown,
  wanted: readonly Wanted[],
  values: readonly unknown[],
  right: Right | null,
  loadMs: number,
): Promise<string[]> {
  const candidates: Candidate[] = [];
  for (const [i, one] of wanted.entries()) {
    const { key, args, versionKeys } = one;
    const value = values[i];
    const lease = right?.leases[i];
    const lifetime = judgeValue(bound, self, key, args, value);
    const payload = lifetime ? encode(bound, key, value) : null;
    if (!right || !lease || !lifetime || payload === null) continue;
    const versions = versionKeys.map((versionKey) => right.versions.get(versionKey) as string);
    const fences = bound.fenceKeys.map((fenceKey) => right.versions.get(fenceKey) as string);
    candidates.push({ lease, wanted: one, versions, fences, value, payload, lifetime, loadMs });
  }
  const writes = bound.plan.resultTags ? await addResultTags(bound, self, candidates) : candidates;
  const results = await store(bound, writes);
  const stored = new Set(writes.filter((_, i) => results[i]).map(({ lease }) => lease.key));
  return wanted.map(({ key }) => key).filter((key) => !stored.has(key));
}
