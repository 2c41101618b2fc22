import { type AcquireRequest, type Values } from "./backend";
import { type Cache } from "./cache";
import { randomId } from "./random";

/** The right to store at a key, for as long as nobody has ended or taken it. */
export interface Lease {
  readonly key: string;
  readonly token: string;
  /** It was taken with the read that found nothing at the key. */
  readonly alone?: boolean;
}

/**
 * What stands at the keys, and the leases on those of the first `count` that hold nothing: where the backend can do both
 * at once, and nobody else reads in this tick. Null when it could not be asked, which is an event.
 */
export async function readAndLease(
  cache: Cache,
  keys: readonly string[],
  count: number,
): Promise<{ readonly values: Values; readonly leases: readonly (Lease | null)[] } | null> {
  const token = randomId();
  const leaseOf = (key: string): Lease => ({ key, token, alone: true });
  const answer = await cache.readAndLease(keys, { token, leaseMs: cache.settings.leaseMs, count });
  if (answer) {
    const { values, leased } = answer;
    return { values, leases: leased.map((one, i) => (one ? leaseOf(keys[i] as string) : null)) };
  }
  // A late answer is none, and its leases stand all the same.
  void cache.track(releaseLeases(cache, keys.slice(0, count).map(leaseOf)));
  return null;
}

interface WantsLease {
  readonly key: string;
  readonly missing: Pick<AcquireRequest, "seenId" | "force"> & { readonly lease?: Lease | null };
}

/**
 * One answer for each key, in order: the lease that it has, or one that is taken now. Null when the backend could not be
 * asked, which is an event.
 */
export async function acquireLeases(
  cache: Cache,
  wanted: readonly WantsLease[],
): Promise<readonly (Lease | "busy" | "changed")[] | null> {
  const { leaseMs } = cache.settings;
  const held = wanted.flatMap(({ missing }) => missing.lease ?? []);
  if (held.length === wanted.length) return held;
  const token = randomId();
  const open = wanted.filter(({ missing }) => !missing.lease);
  const requests = open.map(({ key, missing: { seenId, force } }) => ({ key, seenId, force, leaseMs, token }));
  try {
    const results = await cache.ask("acquire", keysOf(requests), (backend) => backend.acquire(requests));
    const answers = results.map(({ status }, i) => (status === "acquired" ? (requests[i] as Lease) : status));
    let next = 0;
    return wanted.map(({ missing }) => missing.lease ?? (answers[next++] as (typeof answers)[number]));
  } catch {
    // Some may stand all the same: one key's error fails the whole answer, and a late answer is none.
    void cache.track(releaseLeases(cache, [...held, ...requests]));
    return null;
  }
}

/** Renews the leases, every third of their time, those that still stand. Returns what ends that. */
export function renewLeases(cache: Cache, leases: readonly Lease[]): () => void {
  const { leaseMs, clock } = cache.settings;
  let standing = leases;
  let stopped = false;
  let cancel = (): void => {};
  const renewLater = (): void => {
    if (!stopped && standing.length > 0) cancel = clock.after(leaseMs / 3, () => void renew().then(renewLater));
  };
  const renew = async (): Promise<void> => {
    const requests = standing.map(({ key, token }) => ({ key, token, leaseMs }));
    try {
      const renewed = await cache.ask("renew", keysOf(requests), (backend) => backend.renew(requests));
      standing = standing.filter((_, i) => renewed[i]);
    } catch {
      // Tried again in time, perhaps. A lease that runs out and is taken drops the write: a reload, nothing worse.
    }
  };
  renewLater();
  return () => {
    stopped = true;
    cancel();
  };
}

/** Lets others load what was not stored. What can't be released ends with its time. Never rejects. */
export async function releaseLeases(cache: Cache, leases: readonly Lease[]): Promise<void> {
  if (leases.length === 0) return;
  const requests = leases.map(({ key, token }) => ({ key, token }));
  await cache.ask("release", keysOf(requests), (backend) => backend.release(requests)).catch(() => {});
}

function keysOf(requests: readonly Pick<Lease, "key">[]): string[] {
  return requests.map(({ key }) => key);
}
