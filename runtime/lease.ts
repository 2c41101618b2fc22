import { type AcquireRequest } from "./backend";
import { type Cache } from "./cache";
import { randomId } from "./random";

/** The right to store at a key, for as long as nobody has ended or taken it. */
export interface Lease {
  readonly key: string;
  readonly token: string;
}

/** One answer for each key, in order; null when the backend could not be asked, which is an event. */
export async function acquireLeases(
  cache: Cache,
  wanted: readonly { readonly key: string; readonly missing: Pick<AcquireRequest, "seenId" | "force"> }[],
): Promise<(Lease | "busy" | "changed")[] | null> {
  const { leaseMs } = cache.settings;
  const token = randomId();
  const requests = wanted.map(({ key, missing: { seenId, force } }) => ({ key, seenId, force, leaseMs, token }));
  try {
    const results = await cache.ask("acquire", keysOf(requests), (backend) => backend.acquire(requests));
    return results.map(({ status }, i) => (status === "acquired" ? (requests[i] as Lease) : status));
  } catch {
    // Some may stand all the same: one key's error fails the whole answer, and a late answer is none.
    void cache.track(releaseLeases(cache, requests));
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
