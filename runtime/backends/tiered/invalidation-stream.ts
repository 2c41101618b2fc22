import { isRefusal } from "../backend-failure";
import type { Clock } from "../../clock";
import type { Voucher } from "../memory-backend";
import type { Invalidations, RedisPort, TrackingPort } from "../redis/redis-port";
import { randomId } from "../../entry/id";
import type { StreamsOptions } from "./streams";
import { asError } from "../../user-code/thrown";
import { toWellFormed } from "../../keys/well-formed";

/** live: invalidations are certain to arrive. bypassed: they are not. */
export type StreamState = "live" | "bypassed";

export interface InvalidationStreamOptions extends Omit<StreamsOptions, "onStateChange"> {
  readonly port: RedisPort;
  readonly tracking: TrackingPort;
  /**
   * Returns what to put behind the prefix of canaries to make a key one of this server's, where the
   * keys are on several servers, or null if there is no such key.
   */
  readonly findCanaryTag?: (prefix: string) => string | null;
  /** Called when invalidations may have been missed. */
  readonly onInterrupted: () => void;
  readonly onStateChange: (state: StreamState, cause: Error | null) => void;
}

/** A canary: a write of this process whose invalidation has to come back. */
interface Canary {
  readonly sentAt: number;
  answeredAt: number | null;
}

const beatsPerLag = 3;
const openTimeoutMs = 5_000;
const firstRetryMs = 50;
const longestRetryMs = 2_000;
/** A command that Redis refuses is refused again, until somebody changes its settings. */
const refusedRetryMs = 30_000;

/**
 * Keeps a subscription to invalidations and knows whether it can be relied on.
 *
 * An open connection proves little: the peer may be gone, the user's client may be connected to
 * another server at this point, this process may have been stopped. So the stream is tested end to
 * end, again and again: a canary is written through the user's own client, and its invalidation has
 * to arrive. Redis sends invalidations in order, and before it acknowledges their cause to anybody.
 * When a canary that was sent at S comes back, everything that was acknowledged before S has
 * arrived too. The stream is live for `maxLagMs` from such an S. Nothing else makes it live, and no
 * timer has to fire to end it.
 */
export class InvalidationStream implements Voucher {
  readonly #options: InvalidationStreamOptions;
  readonly #clock: Clock;
  readonly #keyPrefix: string;
  readonly #trackedPrefixes: readonly string[];

  #subscription: Invalidations | null = null;
  readonly #unwatch: () => void;
  #open = false;
  #retries = 0;
  #state: StreamState = "bypassed";
  /** The reasons why it has been bypassed since it was last live. */
  readonly #causes = new Set<string>();
  #cancelTimer: () => void = () => {};

  /**
   * No other process has the same name, so no other process is notified of these canaries unless it
   * tracks all keys.
   */
  readonly #canaryPrefix = `zcache:canary:${Buffer.from(randomId()).toString("hex")}:`;
  #canaryCount = 0;
  /**
   * The canaries that have not come back, oldest first, by complete key. Each has a key of its own,
   * so that no other event can be mistaken for it.
   */
  readonly #canaries = new Map<string, Canary>();
  #asking = false;
  #provenAt = -Infinity;

  constructor(options: InvalidationStreamOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#keyPrefix = toWellFormed(options.port.keyPrefix);
    this.#trackedPrefixes = findTracked([...options.prefixes, this.#canaryPrefix]).map(
      (prefix) => this.#keyPrefix + prefix,
    );
    this.#unwatch = options.tracking.watch({
      ready: () => this.#clientReady(),
      // The client may reconnect to another server, and what was in flight may be sent again there.
      lost: () => {
        this.#interrupt();
        this.#report("bypassed", new Error("The client lost its connection"));
      },
      ended: () => this.#stop(),
    });
    // A client with lazy connections is not made to connect, and a server that is down is not
    // contacted twice.
    if (options.tracking.isReady) this.#clientReady();
  }

  /**
   * Whether every invalidation acknowledged more than `maxLagMs` ago has arrived.
   * @param now the time by its clock, if the caller has read it
   */
  isLive(now = this.#clock.now()): boolean {
    return now - this.#provenAt < this.#options.maxLagMs;
  }

  get state(): StreamState {
    return this.#state;
  }

  /**
   * Returns the age of the newest proof that every invalidation has arrived, or null if there is
   * none.
   */
  get lagMs(): number | null {
    return this.#provenAt === -Infinity ? null : this.#clock.now() - this.#provenAt;
  }

  /**
   * Forgets what canaries have proven, because they may have been written to another server.
   * Nothing has been missed.
   */
  proveAgain(): void {
    this.#provenAt = -Infinity;
    this.#canaries.clear();
    this.prove();
  }

  /** Sends a canary now, instead of at the next beat. */
  prove(): void {
    if (this.#open) this.#sendCanary();
  }

  close(): void {
    this.#unwatch();
    this.#stop();
  }

  #clientReady(): void {
    if (!this.#subscription) this.#subscribe();
    else this.prove();
  }

  #subscribe(): void {
    this.#open = false;
    try {
      this.#openSubscription();
    } catch (error) {
      // The client can't be duplicated. No caller is on the stack of a timer's callback.
      this.#ended(asError(error));
    }
  }

  #openSubscription(): void {
    const subscription = this.#options.tracking.openInvalidations(this.#trackedPrefixes, {
      opened: () => this.#opened(),
      invalidated: (keys) => this.#invalidated(keys),
      flushed: () => this.#options.onInterrupted(),
      ended: (cause) => this.#ended(cause),
    });
    this.#subscription = subscription;
    this.#setTimer(openTimeoutMs, () =>
      subscription.fail(new Error(`Redis did not send invalidations within ${openTimeoutMs} ms`)),
    );
  }

  #opened(): void {
    this.#open = true;
    this.#beat();
  }

  #ended(cause: Error): void {
    this.#subscription = null;
    this.#open = false;
    this.#interrupt();
    this.#report("bypassed", cause);
    const retryMs = isRefusal(cause)
      ? refusedRetryMs
      : Math.min(firstRetryMs * 2 ** this.#retries++, longestRetryMs);
    this.#setTimer(retryMs, () => this.#subscribe());
  }

  #stop(): void {
    this.#cancelTimer();
    this.#subscription?.close();
    this.#subscription = null;
    this.#open = false;
    this.#interrupt();
    this.#report("bypassed", null);
  }

  /**
   * Restarts the proof: canaries sent before now can't prove anything, and what is kept may be
   * outdated.
   */
  #interrupt(): void {
    this.#provenAt = -Infinity;
    this.#canaries.clear();
    this.#options.onInterrupted();
  }

  #beat(): void {
    this.#setTimer(this.#options.maxLagMs / beatsPerLag, () => this.#beat());
    if (this.#isDeaf()) {
      this.#subscription?.fail(
        new Error("Redis accepts writes, but their invalidations don't arrive"),
      );
      return;
    }
    if (this.#state === "live" && !this.isLive())
      this.#report("bypassed", new Error("No invalidation has arrived for too long"));
    this.#sendCanary();
  }

  /**
   * Whether the user's client gets answers while this connection gets nothing, because it is dead
   * or connected to another server.
   */
  #isDeaf(): boolean {
    const now = this.#clock.now();
    for (const { answeredAt } of this.#canaries.values()) {
      if (answeredAt !== null && now - answeredAt >= this.#options.maxLagMs) return true;
    }
    return false;
  }

  /** Sends one canary at a time, because a client without a connection queues what it's given. */
  #sendCanary(): void {
    if (this.#asking) return;
    const tag = this.#options.findCanaryTag ? this.#options.findCanaryTag(this.#canaryPrefix) : "";
    if (tag === null) return;
    this.#asking = true;
    const key = `${this.#canaryPrefix}${tag}${++this.#canaryCount}`;
    const canary: Canary = { sentAt: this.#clock.now(), answeredAt: null };
    this.#canaries.set(this.#keyPrefix + key, canary);
    writeCanary(this.#options.port, key, this.#options.maxLagMs).then(
      () => {
        this.#asking = false;
        canary.answeredAt = this.#clock.now();
      },
      (error: unknown) => {
        this.#asking = false;
        this.#canaries.delete(this.#keyPrefix + key);
        if (!this.isLive()) this.#report("bypassed", asError(error));
      },
    );
  }

  #invalidated(keys: readonly Buffer[]): void {
    for (const bytes of keys) {
      const key = bytes.toString();
      const canary = this.#canaries.get(key);
      if (canary) this.#proven(key, canary);
      else this.#options.onInvalidated(key.slice(this.#keyPrefix.length));
    }
  }

  #proven(key: string, { sentAt }: Canary): void {
    for (const older of this.#canaries.keys()) {
      this.#canaries.delete(older);
      if (older === key) break;
    }
    this.#provenAt = sentAt;
    this.#retries = 0;
    if (this.isLive()) this.#report("live", null);
  }

  /** Reports each change once and, while it's bypassed, each cause once. */
  #report(state: StreamState, cause: Error | null): void {
    const known = state === this.#state && (cause === null || this.#causes.has(cause.message));
    if (state === "live") this.#causes.clear();
    if (cause) this.#causes.add(cause.message);
    this.#state = state;
    if (!known) this.#options.onStateChange(state, cause);
  }

  #setTimer(ms: number, callback: () => void): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#clock.after(ms, callback);
  }
}

/**
 * Returns the prefixes to track. Redis refuses prefixes of which one begins with another: the
 * shorter one covers both.
 */
function findTracked(prefixes: readonly string[]): string[] {
  const unique = [...new Set(prefixes)];
  return unique.filter(
    (prefix) => !unique.some((other) => other !== prefix && prefix.startsWith(other)),
  );
}

/**
 * Writes a canary and leaves no key behind; the ttl is for a connection that breaks in between. A
 * second invalidation has no effect.
 */
async function writeCanary(port: RedisPort, key: string, ttlMs: number): Promise<void> {
  await Promise.all([port.send("SET", [key], ["", "PX", ttlMs]), port.send("DEL", [key])]);
}
