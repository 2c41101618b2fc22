import type { RedisClient } from "../redis/redis-client";
import { asError } from "../../user-code/thrown";

/** What is used of an ioredis `Redis`, version 5 or 6, besides what `RedisBackend` needs. */
export interface TrackedClient extends RedisClient {
  readonly status: string;
  readonly options: { readonly keyPrefix?: string };
  duplicate(override: object): SubscriptionClient;
  /** As text with ioredis' option `stringNumbers`. */
  pttl(key: string): Promise<number | string>;
  set(key: string, value: string, unit: "PX", ms: number): Promise<unknown>;
  on(event: "ready" | "close" | "end", listener: () => void): unknown;
  off(event: "ready" | "close" | "end", listener: () => void): unknown;
}

interface SubscriptionClient {
  readonly stream?: { destroy?(): void } | null;
  connect(): Promise<void>;
  client(...args: (string | number)[]): Promise<unknown>;
  subscribe(channel: string): Promise<unknown>;
  disconnect(): void;
  on(event: "end", listener: () => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "messageBuffer", listener: (channel: Buffer, keys: Buffer[] | null) => void): unknown;
}

export interface SubscriptionListener {
  /** Redis sends invalidations from now on. */
  opened(): void;
  /** Written, deleted, expired or evicted, whoever did it. The client's keyPrefix stands in front. */
  invalidated(keys: readonly Buffer[]): void;
  /** Everything: FLUSHALL and the like. */
  flushed(): void;
  /** The last call, and not made after `close`: what Redis sends is no longer heard. */
  ended(cause: Error): void;
}

const channel = "__redis__:invalidate";

/**
 * One connection's life as a listener to CLIENT TRACKING. It is never repaired: whatever
 * happens to it ends it, and its owner begins another.
 *
 * The connection tracks for itself (REDIRECT to its own id), which a protocol 2 connection
 * can do before it subscribes. Tracking and listening then end together, and there is no
 * second connection that could lose its tracking unseen. In broadcasting mode it doesn't
 * matter which connection reads.
 */
export class InvalidationSubscription {
  readonly #connection: SubscriptionClient;
  readonly #listener: SubscriptionListener;
  #closed = false;
  #lastError: Error | null = null;

  /** @param prefixes complete, with the client's keyPrefix; none may begin with another */
  constructor(client: TrackedClient, prefixes: readonly string[], listener: SubscriptionListener) {
    this.#listener = listener;
    this.#connection = client.duplicate({
      // Over protocol 3 ioredis drops what Redis pushes.
      protocol: 2,
      keyPrefix: "",
      lazyConnect: true,
      // A new connection has no tracking, so ioredis must not make one in silence.
      retryStrategy: () => null,
      sentinelRetryStrategy: () => null,
      reconnectOnError: null,
      autoResubscribe: false,
      autoPipelining: false,
      // INFO may not be permitted, and whether the server is ready shows by what follows.
      enableReadyCheck: false,
      monitor: false,
    });
    this.#connection.on("error", (error) => (this.#lastError = asError(error)));
    this.#connection.on("end", () =>
      this.fail(this.#lastError ?? new Error("Redis has closed the connection that invalidations come on")),
    );
    this.#connection.on("messageBuffer", (_channel, keys) => this.#hear(keys));
    this.#open(prefixes).catch((error: unknown) => this.fail(asError(error)));
  }

  /** Ends it for a reason that only its owner can see. */
  fail(cause: Error): void {
    if (this.#closed) return;
    this.close();
    this.#listener.ended(cause);
  }

  close(): void {
    this.#closed = true;
    try {
      this.#connection.disconnect();
      // A peer that is gone never answers a polite end.
      this.#connection.stream?.destroy?.();
    } catch {
      // It is left to the client then: what is closed is not heard any more.
    }
  }

  async #open(prefixes: readonly string[]): Promise<void> {
    await this.#connection.connect();
    const id = (await this.#connection.client("ID")) as number;
    const tracked = prefixes.flatMap((prefix) => ["PREFIX", prefix]);
    await this.#connection.client("TRACKING", "ON", "REDIRECT", id, "BCAST", ...tracked);
    await this.#connection.subscribe(channel);
    if (!this.#closed) this.#listener.opened();
  }

  #hear(keys: readonly Buffer[] | null): void {
    if (this.#closed) return;
    try {
      if (keys === null) this.#listener.flushed();
      else this.#listener.invalidated(keys);
    } catch (error) {
      // Nothing that it has heard or will hear can be relied on.
      this.fail(asError(error));
    }
  }
}
