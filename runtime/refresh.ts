import { assemble, parseBatchCall, runBatch } from "./batch";
import { type BoundPlan, keyOf, versionKeysOf } from "./bound-plan";
import { type Loader } from "./loader";
import { createLease, ensureVersions, payloadToStore, releaseLeases, store, type Write } from "./load";
import { type Wanted } from "./lookup";
import { randomId } from "./random";

/** Recomputes, stores, and returns once it is stored, whatever was stored before. */
export async function refresh(bound: BoundPlan, loader: Loader, self: unknown, args: ArrayLike<unknown>): Promise<unknown> {
  if (bound.plan.batch) return refreshBatch(bound, loader, self, args);
  const wanted: Wanted = { key: keyOf(bound, self, args), args, versionKeys: versionKeysOf(bound, self, args) };
  const [value] = await reload(bound, self, [wanted], async () => [await loader.apply(self, args as unknown[])]);
  return value;
}

async function refreshBatch(bound: BoundPlan, loader: Loader, self: unknown, args: ArrayLike<unknown>): Promise<unknown> {
  const call = parseBatchCall(bound, self, args);
  const wanted = [...call.unique.values()];
  const results =
    wanted.length === 0 ? [] : await reload(bound, self, wanted, () => runBatch(bound.plan, loader, self, call.further, wanted));
  return assemble(bound.plan, call, new Map(wanted.map(({ key }, i) => [key, results[i]])));
}

/**
 * Takes the leases, whoever has them: a write that began before must not bury this one.
 * What `when` keeps from being stored is invalidated, for the value that stands is known
 * to be outdated.
 */
async function reload(bound: BoundPlan, self: unknown, wanted: readonly Wanted[], run: () => Promise<readonly unknown[]>): Promise<readonly unknown[]> {
  const { cache, plan } = bound;
  const leases = await takeLeases(bound, wanted);
  for (const { key } of wanted) cache.emit({ type: "load", name: plan.name, key });
  let values: readonly unknown[];
  try {
    values = await run();
  } catch (error) {
    leases?.forEach((lease) => lease.stopRenewing());
    if (leases) await releaseLeases(cache, wanted.map(({ key }, i) => ({ key, token: leases[i]!.token })));
    throw error;
  }
  leases?.forEach((lease) => lease.stopRenewing());
  const writes: Write[] = [];
  const outdated: string[] = [];
  wanted.forEach(({ key, args, versionKeys }, i) => {
    const payload = payloadToStore(bound, self, key, args, values[i]);
    const lease = leases?.[i];
    if (payload && lease) writes.push({ key, lease, versionKeys, value: values[i], payload });
    else outdated.push(key);
  });
  await Promise.all([store(bound, writes), outdated.length > 0 && cache.invalidateKeys(outdated).catch(() => {})]);
  return values;
}

async function takeLeases(bound: BoundPlan, wanted: readonly Wanted[]) {
  const { cache } = bound;
  const { leaseMs } = cache.settings;
  const keys = wanted.map(({ key }) => key);
  const requests = keys.map((key) => ({ key, token: randomId(), leaseMs, seenId: null, force: true }));
  try {
    const [, versions] = await Promise.all([
      cache.ask("acquire", keys, (backend) => backend.acquire(requests)),
      ensureVersions(bound, [...new Set(wanted.flatMap(({ versionKeys }) => versionKeys))]),
    ]);
    return wanted.map(({ key, versionKeys }, i) =>
      createLease(cache, key, requests[i]!.token, versionKeys.map((versionKey) => versions.get(versionKey) as Buffer)),
    );
  } catch (error) {
    cache.fault("acquire", keys, error);
    return null;
  }
}
