import { piecesFor } from "../backends/pieces";
import { type Cache } from "../cache/cache";
import { Sent } from "../cache/sent";
import { randomId } from "../entry/id";
import { type BackendError } from "../errors";

/**
 * The keys of one cache that a transaction is writing: entries, tags' versions and fences. While
 * the hold exists, no process stores anything under them. It is renewed every third of its lease. A
 * process that dies leaves a hold that runs out by the store's clock.
 */
export class Hold {
  readonly token = randomId();
  readonly #names: ReadonlySet<string>;
  /**
   * Until this time, by this process's clock, the hold certainly exists, unless the store has lost
   * it.
   */
  #inForceUntil = -Infinity;
  #hasReportedLapse = false;
  #isRenewed = false;
  #cancel: () => void = () => {};

  constructor(
    readonly cache: Cache,
    names: Iterable<string>,
    readonly leaseMs: number,
  ) {
    this.#names = new Set(names);
  }

  get names(): readonly string[] {
    return [...this.#names];
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /**
   * Whether the store certainly refuses writes under these keys now, so that a release that fails
   * does no harm.
   */
  get isInForce(): boolean {
    return this.cache.settings.clock.now() < this.#inForceUntil;
  }

  /** Takes the hold. Rejects with a `BackendError` if not all keys could be held; then none is. */
  async take(): Promise<void> {
    const sentAt = this.cache.settings.clock.now();
    const taken: string[] = [];
    for (const part of piecesFor(this.cache.settings.backend, this.names)) {
      const sent = new Sent();
      taken.push(...part);
      try {
        await this.#send(part, sent);
      } catch (error) {
        // The store may carry it out although nobody waits for its answer any more.
        sent.undo(() =>
          this.cache.track(endAll(this.cache, requestsOf(this.token, taken)).then(() => {})),
        );
        throw error;
      }
    }
    this.#inForceUntil = sentAt + this.leaseMs;
    this.#isRenewed = true;
    this.#renewLater();
  }

  /** Stops the renewal, so that the hold runs out. */
  stopRenewing(): void {
    this.#isRenewed = false;
    this.#cancel();
  }

  /** Reports, once for each time, that the hold has run out. */
  reportLapse(names: readonly string[]): void {
    if (names.length > 0 && !this.#hasReportedLapse) this.#emitLapse(names);
  }

  #emitLapse(keys: readonly string[]): void {
    this.#hasReportedLapse = true;
    this.cache.emit({ type: "transaction", what: "lapsed", keys, message: lapsedMessage });
  }

  #renewLater(): void {
    this.#cancel = this.cache.settings.clock.after(
      this.leaseMs / 3,
      () => void this.cache.track(this.#renew()),
    );
  }

  async #renew(): Promise<void> {
    const sentAt = this.cache.settings.clock.now();
    const lapsed: string[] = [];
    let hasFailed = false;
    for (const part of piecesFor(this.cache.settings.backend, this.names)) {
      if (!this.#isRenewed) return;
      try {
        const stood = await this.#send(part);
        lapsed.push(...part.filter((_, i) => !stood[i]));
      } catch {
        // A fault is reported by an event.
        hasFailed = true;
      }
    }
    if (!this.#isRenewed) return;
    if (!hasFailed) this.#inForceUntil = sentAt + this.leaseMs;
    this.reportLapse(hasFailed && !this.isInForce ? this.names : lapsed);
    if (!hasFailed) this.#hasReportedLapse = false;
    this.#renewLater();
  }

  #send(names: readonly string[], sent = new Sent()): Promise<readonly boolean[]> {
    const requests = names.map((key) => ({ key, token: this.token, leaseMs: this.leaseMs }));
    return this.cache.ask("holdKeys", names, (backend) =>
      sent.watch(backend.holdKeys?.(requests) ?? Promise.reject(new Error("it has no holds"))),
    );
  }
}

const lapsedMessage =
  "The hold on this has run out before its transaction ended, because it could not be renewed in time or the store has lost it. Others may have stored what was valid before the commit; it is invalidated with the commit, but not if this process dies between the two.";
const leftMessage =
  "The transaction has committed, but the hold on this could not be ended. It runs out by itself. Until then all calls run their functions, and no process can store an old value.";

/**
 * Ends the holds of a transaction that has ended, and deletes what is stored under them, in one
 * command. Rejects if that failed and a hold may have run out, because others may then have stored
 * what was valid before the commit.
 */
export async function endHolds(cache: Cache, holds: readonly Hold[]): Promise<void> {
  for (const hold of holds) hold.stopRenewing();
  const requests = holds.flatMap((hold) => requestsOf(hold.token, hold.names));
  const { missing, failures } = await endAll(cache, requests);
  for (const hold of holds)
    hold.reportLapse(missing.filter(({ token }) => token === hold.token).map(({ key }) => key));
  if (failures.length === 0) return;
  const keys = failures.flatMap((one) => one.keys);
  // `onOutage` applies to this invalidation too, if it is lost.
  if (!holds.every((hold) => hold.isInForce)) return cache.invalidateKeys(keys);
  cache.emit({ type: "transaction", what: "left-held", keys, message: leftMessage });
}

interface Request {
  readonly key: string;
  readonly token: string;
}

function requestsOf(token: string, names: readonly string[]): readonly Request[] {
  return names.map((key) => ({ key, token }));
}

/** Returns the holds that did not exist any more, and the failures. Never rejects. */
async function endAll(
  cache: Cache,
  requests: readonly Request[],
): Promise<{ readonly missing: readonly Request[]; readonly failures: readonly BackendError[] }> {
  const missing: Request[] = [];
  const failures: BackendError[] = [];
  for (const part of piecesFor(cache.settings.backend, requests)) {
    const keys = part.map(({ key }) => key);
    try {
      const ended = await cache.ask(
        "endHolds",
        keys,
        async (backend) => (await backend.endHolds?.(part)) ?? [],
      );
      missing.push(...part.filter((_, i) => !ended[i]));
    } catch (error) {
      failures.push(error as BackendError);
    }
  }
  return { missing, failures };
}
