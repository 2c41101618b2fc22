import type { RedisClient } from "../redis/redis-client";
import { asError } from "../../user-code/thrown";

/**
 * The parts in use of an ioredis `Redis`, version 5 or 6, besides those that `RedisBackend` needs.
 */
export interface TrackedClient extends RedisClient {
  readonly status: string;
  readonly options: { readonly keyPrefix?: string };
  duplicate(override: object): SubscriptionClient;
  /** The reply is text with ioredis' option `stringNumbers`. */
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
  /** Called when Redis sends invalidations from now on. */
  opened(): void;
  /**
   * Called for keys that were written, deleted, expired or evicted, by any client. They include the
   * client's keyPrefix.
   */
  invalidated(keys: readonly Buffer[]): void;
  /** Called when everything was deleted: FLUSHALL and the like. */
  flushed(): void;
  /** The last call, which is not made after `close`: what Redis sends is no longer received. */
  ended(cause: Error): void;
}

const channel = "__redis__:invalidate";

/**
 * The lifetime of one connection that listens to CLIENT TRACKING. It is never repaired: whatever
 * happens to it ends it, and its owner begins another.
 *
 * The connection tracks for itself (REDIRECT to its own id), which a protocol 2 connection can do
 * before it subscribes. Tracking and listening then end together, and there is no second connection
 * that could lose its tracking unnoticed. In broadcasting mode it doesn't matter which connection
 * reads.
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
      // Over protocol 3, ioredis drops what Redis pushes.
      protocol: 2,
      keyPrefix: "",
      lazyConnect: true,
      // A new connection has no tracking, so ioredis must not make one silently.
      retryStrategy: () => null,
      sentinelRetryStrategy: () => null,
      reconnectOnError: null,
      autoResubscribe: false,
      autoPipelining: false,
      // INFO may not be permitted, and the commands that follow show whether the server is ready.
      enableReadyCheck: false,
      monitor: false,
    });
    this.#connection.on("error", (error) => (this.#lastError = asError(error)));
    this.#connection.on("end", () =>
      this.fail(this.#lastError ?? new Error("Redis has closed the connection that invalidations arrive on")),
    );
    this.#connection.on("messageBuffer", (_channel, keys) => this.#hear(keys));
    this.#open(prefixes).catch((error: unknown) => this.fail(asError(error)));
  }

  /** Ends the subscription for a reason that only its owner can see. */
  fail(cause: Error): void {
    if (this.#closed) return;
    this.close();
    this.#listener.ended(cause);
  }

  close(): void {
    this.#closed = true;
    try {
      this.#connection.disconnect();
      // A peer that is gone never answers a graceful close.
      this.#connection.stream?.destroy?.();
    } catch {
      // The connection is then left to the client. Nothing is received from it any more.
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
      // Nothing that it has received or will receive can be relied on.
      this.fail(asError(error));
    }
  }
}
