import { type AcquireRequest, type AcquireResult } from "../backends/backend";
import { type Answers, noAnswers } from "../backends/outbox";
import { type Cache } from "../cache/cache";
import { type Lease } from "../cache/found";
import { piecesFor, sendInPieces } from "../backends/pieces";
import { randomId } from "../entry/id";
import { Sent } from "../cache/sent";

/**
 * Called once, with undefined for what could not be read, which is an event. Each lease was taken,
 * and has to be used or given up.
 */
export type OnLeased = (values: Answers, leases: readonly (Lease | null)[]) => void;

const noLeases: readonly null[] = [];

/**
 * Reads the keys, and takes the leases on those of the first `count` that hold nothing, if the
 * backend can do both at once and no other read is sent in this tick.
 */
export function readAndLease(
  cache: Cache,
  keys: readonly string[],
  count: number,
  onLeased: OnLeased,
): void {
  const token = randomId();
  const leaseOf = (key: string): Lease => ({ key, token, leaseOnly: true });
  const sent = new Sent();
  cache.readAndLeaseTo(keys, { token, leaseMs: cache.settings.leaseMs, count }, sent, (answer) => {
    if (answer) {
      const { values, leased } = answer;
      return onLeased(
        values,
        leased.length === 0
          ? noLeases
          : leased.map((one, i) => (one ? leaseOf(keys[i] as string) : null)),
      );
    }
    sent.undo(() => cache.track(releaseLeases(cache, keys.slice(0, count).map(leaseOf))));
    onLeased(noAnswers(keys), noLeases);
  });
}

/**
 * With this many leases, the first one has not expired when the last one has been taken, renewed or
 * written to.
 */
const leasesInTime = 10_000;

function leaseTimeOf(cache: Cache, count: number): number {
  return cache.settings.leaseMs * Math.max(1, Math.ceil(count / leasesInTime));
}

interface WantsLease {
  readonly key: string;
  readonly missing: Pick<AcquireRequest, "seenId" | "force"> & {
    readonly lease?: Lease | null;
    readonly unstorable: boolean;
  };
}

/**
 * A lease, or the reason why there is none. held: a transaction is writing this. unknown: the
 * backend could not be asked, which is an event.
 */
export type LeaseAnswer = Lease | "busy" | "held" | "changed" | "unknown";

/**
 * Returns one answer for each key, in order: the lease that it has, or one that is taken now.
 * Nothing is asked about a key that could not be read. If a piece fails, the next one is still
 * asked for: when the store is in trouble, the breaker says so.
 */
export function acquireLeases(
  cache: Cache,
  wanted: readonly WantsLease[],
): Promise<readonly LeaseAnswer[]> {
  const leaseMs = leaseTimeOf(cache, wanted.length);
  const open = wanted.filter(isOpen);
  if (open.length === 0) return Promise.resolve(wanted.map(answerWithoutAsking));
  const token = randomId();
  const requests = open.map(({ key, missing: { seenId, force } }) => ({
    key,
    seenId,
    force,
    leaseMs,
    token,
  }));
  const asked = sendInPieces(cache.settings.backend, requests, (part) => acquirePart(cache, part));
  if (open.length === wanted.length) return asked;
  return asked.then((answers) => {
    let next = 0;
    return wanted.map((one) =>
      isOpen(one) ? (answers[next++] as LeaseAnswer) : answerWithoutAsking(one),
    );
  });
}

function isOpen({ missing }: WantsLease): boolean {
  return !missing.lease && !missing.unstorable;
}

function answerWithoutAsking({ missing }: WantsLease): LeaseAnswer {
  return missing.lease ?? "unknown";
}

/**
 * If the backend could not be asked, the leases that its answer would have brought are given up.
 * Never rejects.
 */
function acquirePart(
  cache: Cache,
  requests: readonly AcquireRequest[],
): Promise<readonly LeaseAnswer[]> {
  const sent = new Sent();
  return cache
    .ask("acquire", keysOf(requests), (backend) => sent.watch(backend.acquire(requests)))
    .then(
      (results) =>
        requests.map(({ key, token, seenId, force }, i) => {
          const { status } = results[i] as AcquireResult;
          return status === "acquired"
            ? { key, token, leaseOnly: seenId === null && !force }
            : status;
        }),
      () => {
        // Some may have been taken all the same: one key's error fails the whole answer.
        sent.undo(() => cache.track(releaseLeases(cache, requests)));
        return requests.map(() => "unknown" as const);
      },
    );
}

/**
 * Renews the leases that still exist, every third of their time. Returns a function that stops it.
 */
export function renewLeases(cache: Cache, leases: readonly Lease[]): () => void {
  const { clock } = cache.settings;
  const leaseMs = leaseTimeOf(cache, leases.length);
  let standing = leases;
  let stopped = false;
  let cancel = (): void => {};
  const renewLater = (): void => {
    if (!stopped && standing.length > 0)
      cancel = clock.after(leaseMs / 3, () => void renew().then(renewLater));
  };
  const renew = async (): Promise<void> => {
    const renewed: Lease[] = [];
    for (const part of piecesFor(cache.settings.backend, standing)) {
      if (stopped) return;
      renewed.push(...(await renewPart(cache, part, leaseMs)));
    }
    standing = renewed;
  };
  renewLater();
  return () => {
    stopped = true;
    cancel();
  };
}

/**
 * Returns the leases that still exist. One that could not be renewed now is tried again; if it runs
 * out meanwhile, that costs a reload.
 */
async function renewPart(
  cache: Cache,
  leases: readonly Lease[],
  leaseMs: number,
): Promise<readonly Lease[]> {
  const requests = leases.map(({ key, token }) => ({ key, token, leaseMs }));
  try {
    const renewed = await cache.ask("renew", keysOf(requests), (backend) =>
      backend.renew(requests),
    );
    return leases.filter((_, i) => renewed[i]);
  } catch {
    return leases;
  }
}

/**
 * Releases the leases, so that others can load what was not stored. One that can't be released
 * expires. Never rejects.
 */
export function releaseLeases(cache: Cache, leases: readonly Lease[]): Promise<void> {
  return leases.length === 0 ? nothingToRelease : release(cache, leases);
}

const nothingToRelease = Promise.resolve();

/** Does the same in the background. */
export function giveUpLeases(cache: Cache, leases: readonly Lease[]): void {
  if (leases.length > 0) void cache.track(release(cache, leases));
}

async function release(cache: Cache, leases: readonly Lease[]): Promise<void> {
  for (const part of piecesFor(cache.settings.backend, leases)) {
    const requests = part.map(({ key, token, leaseOnly = false }) => ({ key, token, leaseOnly }));
    await cache
      .ask("release", keysOf(requests), (backend) => backend.release(requests))
      .catch(() => {});
  }
}

function keysOf(requests: readonly Pick<Lease, "key">[]): string[] {
  return requests.map(({ key }) => key);
}
