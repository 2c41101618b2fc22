import type {
  AcquireRequest,
  AcquireResult,
  Backend,
  DeleteOptions,
  LocalBytes,
  HoldRequest,
  LeasedValues,
  LeaseRequest,
  ReadOptions,
  ReleaseRequest,
  RenewRequest,
  Values,
  VersionRequest,
  WriteRequest,
} from "../backend";
import { isRefusal, startSafely } from "../backend-failure";
import { trust } from "../checked-backend";
import { type Clock } from "../../clock";
import { checkOption, checkOptions, isFunction, resolveClock, show } from "../../check-options";
import { parseDuration } from "../../duration";
import { ConfigError } from "../../errors";
import { type Inspector } from "../inspector";
import { ClusterStreams } from "./cluster-streams";
import { MemoryBackend, type Voucher } from "../memory-backend";
import { type Expected, MemoryTier } from "./memory-tier";
import { OneServer } from "./one-server";
import { TieredInspector } from "./tiered-inspector";
import { Outbox } from "../outbox";
import { RedisBackend } from "../redis/redis-backend";
import { shareClient } from "../redis/redis-client";
import {
  type ClusterTrackingPort,
  isOfCluster,
  type RedisPort,
  type TrackingPort,
} from "../redis/redis-port";
import type { Streams, StreamsOptions, TierState } from "./streams";
import { type OptionRow, optionsAt, withDefaults } from "../../options";
import { isWellFormed, toWellFormed } from "../../keys/well-formed";
import { callListener, warnOf } from "../../user-code/thrown";

export interface TieredBackendOptions {
  /**
   * The prefixes of the keys that may be kept in memory, without the client's keyPrefix:
   * namespaces, module names, `tag:`. Redis reports to this process every write to a key under
   * them, so name them if other programs use the same Redis. Other keys are read from Redis.
   * @defaultValue `[""]`, all keys under the client's keyPrefix
   */
  readonly prefixes?: readonly string[];
  /**
   * The longest time, at least `"100ms"`, that an invalidation by another process can go unnoticed
   * when a connection fails silently. Otherwise it's the time of one push.
   * Three small writes to Redis are made in each such period.
   * @defaultValue "1s"
   */
  readonly maxLag?: string;
  /**
   * Called with the cause when the memory tier comes into use ("live"), when Redis has to answer
   * alone ("bypassed"), and in a Cluster also when Redis has to answer alone for the keys of some
   * nodes ("partial"). Without this listener, a refusal by Redis becomes a process warning.
   */
  readonly onStateChange?: (state: TierState, cause: Error | null) => void;
  /** The clock, for tests. */
  readonly clock?: Clock;
}

const owner = "TieredBackend: ";
/** An option without a row in the table does not compile. */
const rows: Readonly<Record<keyof TieredBackendOptions, OptionRow>> = optionsAt("TieredBackend");
/** The replies of PTTL. */
const neverExpires = -1;
const keyIsGone = -2;
const shortestLagMs = 100;

/**
 * A memory tier in front of Redis. Functions with `memory: 30s` are answered from memory where
 * possible. For all other functions, and for all operations but reads, it is the `RedisBackend`.
 *
 * Redis reports every change (CLIENT TRACKING, on one more connection like the client's, in a
 * Cluster on one to each master), so that an invalidation by another process takes effect here
 * within the time of one push, and one by this process at once. While that can't be relied on,
 * memory is out of use.
 *
 * The memory backend provides its limits and its room; it must not be used for anything else.
 *
 * @example
 * const redis = new RedisBackend(new Redis("redis://cache:6379"));
 * configure({ backend: new TieredBackend(new MemoryBackend({ maxBytes: 100_000_000 }), redis) });
 *
 * @throws ConfigError for a client that can't be notified of changes, and for an impossible option.
 */
export class TieredBackend implements Backend {
  readonly name = "tiered";
  readonly remote = true;

  readonly #memory: MemoryBackend;
  readonly #redis: RedisBackend;
  #inspector: Inspector | null = null;
  readonly #outbox: Outbox;
  readonly #port: RedisPort;
  readonly #tier: MemoryTier;
  readonly #streams: Streams;
  readonly #clock: Clock;
  /** Null if every key may be kept. */
  readonly #prefixes: readonly string[] | null;

  constructor(memory: MemoryBackend, redis: RedisBackend, options: TieredBackendOptions = {}) {
    const { prefixes, clock, maxLagMs, report } = resolveOptions(options);
    if (!(memory instanceof MemoryBackend))
      throw invalid("the first argument must be a MemoryBackend", memory);
    if (!(redis instanceof RedisBackend))
      throw invalid("the second argument must be a RedisBackend", redis);
    trust(this, new.target);
    this.#memory = memory;
    this.#redis = redis;
    this.#outbox = new Outbox(
      redis,
      (keys, resolve, reject) => void startSafely(() => redis.read(keys)).then(resolve, reject),
    );
    const { port } = shareClient(redis.client);
    const tracking = findTracking(port, redis.client);
    this.#port = port;
    this.#tier = new MemoryTier(memory);
    this.#clock = clock;
    this.#prefixes = prefixes.includes("") ? null : prefixes;
    const tier = this.#tier;
    this.#streams = openStreams(
      port,
      tracking,
      { prefixes, clock, maxLagMs, onStateChange: report },
      tier,
    );
    unclosed.register(this, this.#streams, this.#streams);
  }

  /** Returns whether memory is in use. */
  get state(): TierState {
    return this.#streams.state;
  }

  /** Returns the number of reads under way whose answers may be kept. */
  get pendingReads(): number {
    return this.#tier.expecting;
  }

  /**
   * Closes its own connection and empties memory. The client stays open, and Redis is still asked.
   */
  close(): void {
    unclosed.unregister(this.#streams);
    this.#streams.close();
  }

  /** Reads from memory if that has all of the keys, otherwise all of them from Redis. */
  read(keys: readonly string[], options?: ReadOptions): Promise<Values> {
    if (!options) return this.#redis.read(keys);
    const { memoryMs } = options;
    if (!(memoryMs > 0)) return this.#readMerged(keys);
    const now = this.#clock.now();
    const kept = this.#tier.recall(keys, now, memoryMs);
    return kept ? Promise.resolve(kept.map(({ bytes }) => bytes)) : this.#readAndKeep(keys, now);
  }

  /** Reads from memory. */
  peek(key: string, options?: ReadOptions): LocalBytes | null {
    return options && options.memoryMs > 0
      ? this.#tier.recallOne(key, this.#clock.now(), options.memoryMs)
      : null;
  }

  setMemo(key: string, memo: unknown, memoBytes: number): void {
    this.#tier.setMemo(key, memo, memoBytes);
  }

  inspector(): Inspector {
    return (this.#inspector ??= new TieredInspector(
      this.#redis.inspector(),
      this.#memory.inspector(),
      this.#streams,
    ));
  }

  get keysPerRead(): number {
    return this.#redis.keysPerRead;
  }

  cork<Result>(send: () => Result): Result {
    return this.#redis.cork(send);
  }

  async acquire(requests: readonly AcquireRequest[]): Promise<AcquireResult[]> {
    return this.#change(requests, () => this.#redis.acquire(requests));
  }

  async readAndLease(keys: readonly string[], request: LeaseRequest): Promise<LeasedValues> {
    const leased = keys.slice(0, request.count).map((key) => ({ key }));
    return this.#change(leased, () => this.#redis.readAndLease(keys, request));
  }

  async renew(requests: readonly RenewRequest[]): Promise<boolean[]> {
    return this.#redis.renew(requests);
  }

  async write(requests: readonly WriteRequest[]): Promise<boolean[]> {
    return this.#change(requests, () => this.#redis.write(requests));
  }

  async release(requests: readonly ReleaseRequest[]): Promise<void> {
    return this.#change(requests, () => this.#redis.release(requests));
  }

  async delete(keys: readonly string[], options?: DeleteOptions): Promise<void> {
    return this.#change(
      keys.map((key) => ({ key })),
      () => this.#redis.delete(keys, options),
    );
  }

  async holdKeys(requests: readonly HoldRequest[]): Promise<boolean[]> {
    return this.#change(requests, () => this.#redis.holdKeys(requests));
  }

  async endHolds(requests: readonly ReleaseRequest[]): Promise<boolean[]> {
    return this.#change(requests, () => this.#redis.endHolds(requests));
  }

  async ensureVersions(requests: readonly VersionRequest[]): Promise<(string | null)[]> {
    return this.#change(requests, () => this.#redis.ensureVersions(requests));
  }

  time(): Promise<number> {
    return this.#redis.time();
  }

  async #readAndKeep(keys: readonly string[], now: number): Promise<Values> {
    const vouchers = this.#vouch(keys, now);
    if (!vouchers) return this.#readMerged(keys);
    const expected = this.#tier.expect(keys, vouchers, now);
    try {
      const values = await this.#readMerged(keys);
      void this.#keep(expected, values);
      return values;
    } catch (error) {
      this.#tier.giveUp(expected);
      throw error;
    }
  }

  /** Returns the claim that vouches for each of the keys, or null if one of them has none. */
  #vouch(keys: readonly string[], now: number): readonly Voucher[] | null {
    const vouchers: Voucher[] = [];
    for (const key of keys) {
      const voucher = this.#isTracked(key) ? this.#streams.vouch(key, now) : null;
      if (!voucher) return null;
      vouchers.push(voucher);
    }
    return vouchers;
  }

  #readMerged(keys: readonly string[]): Promise<Values> {
    return new Promise((resolve, reject) =>
      this.#outbox.read(keys, (answers, error) =>
        error ? reject(error) : resolve(answers as Values),
      ),
    );
  }

  /**
   * Keeps the values of a read. Nothing waits for it. Redis doesn't report an expiry before it has
   * noticed it, which takes seconds when many keys expire at once, so the tier has to know the
   * time. A key that changes after the read is dropped, whatever this finds out.
   */
  async #keep(expected: Expected, values: Values): Promise<void> {
    const [entry] = expected.keys;
    const askedAt = this.#clock.now();
    if (entry === undefined || !values[0]) return this.#tier.giveUp(expected);
    try {
      const ttlMs = Number(await this.#port.send("PTTL", [entry]));
      if (ttlMs === keyIsGone) this.#tier.giveUp(expected);
      else this.#tier.keep(expected, values, ttlMs === neverExpires ? Infinity : askedAt + ttlMs);
    } catch {
      this.#tier.giveUp(expected);
    }
  }

  /**
   * Makes a change that this process sees without waiting for a push. The keys are dropped before,
   * because the change may be carried out and its answer lost, and again after, before the change
   * is reported to anybody, because a read in between may have been carried out before the change
   * was.
   */
  async #change<Result>(
    requests: readonly { readonly key: string }[],
    change: () => Promise<Result>,
  ): Promise<Result> {
    const drop = (): void => {
      for (const { key } of requests) this.#tier.drop(toWellFormed(key));
    };
    drop();
    try {
      return await change();
    } finally {
      drop();
    }
  }

  /**
   * Whether Redis reports changes of the key, and by this name: its names are UTF-8, which has no
   * lone surrogates.
   */
  #isTracked(key: string): boolean {
    if (!isWellFormed(key)) return false;
    return this.#prefixes === null || this.#prefixes.some((prefix) => key.startsWith(prefix));
  }
}

/**
 * Closes the streams of backends that are no longer used and that nobody has closed: the connection
 * would stay as long as the client does.
 */
const unclosed = new FinalizationRegistry<Streams>((streams) => {
  try {
    streams.close();
  } catch (error) {
    // The client can't be closed. No caller is on this stack.
    warnOf(error, "ZcacheTierWarning");
  }
});

/**
 * Opens the streams outside the backend, which the client would otherwise keep in memory through
 * the streams' listeners.
 */
function openStreams(
  port: RedisPort,
  tracking: TrackingPort | ClusterTrackingPort,
  options: Omit<StreamsOptions, "onInvalidated">,
  tier: MemoryTier,
): Streams {
  const chosen = { ...options, onInvalidated: (key: string) => tier.drop(key) };
  if (isOfCluster(tracking)) return new ClusterStreams(port, tracking, chosen);
  return new OneServer(port, tracking, chosen, () => tier.flush());
}

/** Throws a ConfigError for the first option that does not exist or is impossible. */
function resolveOptions(options: TieredBackendOptions) {
  checkOptions("TieredBackend", rows, options);
  const { prefixes = [""], maxLag, clock, onStateChange } = withDefaults("TieredBackend", options);
  return {
    prefixes: checkPrefixes(prefixes),
    maxLagMs: resolveLag(maxLag),
    clock: resolveClock(clock, owner),
    report: createReporter(
      checkOption("onStateChange", onStateChange, isFunction, "must be a function", owner),
    ),
  };
}

function findTracking(
  { tracking, whyUntracked, isCluster }: RedisPort,
  client: unknown,
): TrackingPort | ClusterTrackingPort {
  if (tracking) return tracking;
  if (whyUntracked) throw new ConfigError(`${owner}${whyUntracked}.`);
  const must = isCluster
    ? "a Cluster (nodes, slots, on, off)"
    : "one Redis (duplicate, pttl, on, off)";
  throw invalid(`the client must have the methods of a client of ${must}`, client);
}

function checkPrefixes(prefixes: readonly string[]): readonly string[] {
  const valid =
    Array.isArray(prefixes) &&
    prefixes.length > 0 &&
    prefixes.every((prefix) => typeof prefix === "string");
  if (valid) return prefixes;
  throw invalid('"prefixes" must be a list of at least one string', prefixes);
}

function resolveLag(text: string): number {
  const ms = typeof text === "string" ? parseDuration(text) : null;
  if (ms !== null && ms >= shortestLagMs) return ms;
  throw invalid(`"maxLag" must be a duration of at least ${shortestLagMs}ms, such as "1s"`, text);
}

function invalid(must: string, given: unknown): ConfigError {
  return new ConfigError(`${owner}${must}, but got: ${show(given)}.`);
}

/**
 * Makes the function that reports states. A listener's exception must neither break the stream nor
 * go unnoticed, and a tier that will never work must not go unnoticed either.
 */
function createReporter(
  listener: TieredBackendOptions["onStateChange"] | null,
): (state: TierState, cause: Error | null) => void {
  return (state, cause) => {
    if (listener) callListener(() => listener(state, cause));
    else if ([cause, cause?.cause].some(isRefusal))
      warnOf(
        `The memory tier is out of use because Redis refuses what it needs: ${cause?.message}`,
        "ZcacheTierWarning",
      );
  };
}
