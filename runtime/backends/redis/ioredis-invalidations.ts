import { asError } from "../../user-code/thrown";
import { InvalidationConnection } from "./invalidation-connection";
import type { InvalidationListener } from "./redis-port";

/** The part of an ioredis `Redis` that is used to open a connection like its own. */
export interface DuplicableClient {
  duplicate(override: object): SubscriptionClient;
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

const channel = "__redis__:invalidate";

/**
 * CLIENT TRACKING on a duplicate of an ioredis client.
 *
 * The connection tracks for itself (REDIRECT to its own id), which a protocol 2 connection
 * can do before it subscribes. Tracking and listening then end together, and there is no
 * second connection that could lose its tracking unseen. In broadcasting mode it doesn't
 * matter which connection reads.
 */
export class IoredisInvalidations extends InvalidationConnection {
  readonly #connection: SubscriptionClient;
  #lastError: Error | null = null;

  constructor(
    client: DuplicableClient,
    prefixes: readonly string[],
    listener: InvalidationListener,
  ) {
    super(listener);
    this.#connection = client.duplicate({
      // With protocol 3, ioredis drops what Redis pushes.
      protocol: 2,
      keyPrefix: "",
      lazyConnect: true,
      // A new connection has no tracking, so ioredis must not reconnect silently.
      retryStrategy: () => null,
      sentinelRetryStrategy: () => null,
      reconnectOnError: null,
      autoResubscribe: false,
      autoPipelining: false,
      // INFO may not be permitted. The commands that follow show whether the server is ready.
      enableReadyCheck: false,
      monitor: false,
    });
    this.#connection.on("error", (error) => (this.#lastError = asError(error)));
    this.#connection.on("end", () =>
      this.fail(
        this.#lastError ??
          new Error("Redis has closed the connection that invalidations arrive on"),
      ),
    );
    this.#connection.on("messageBuffer", (_channel, keys) => this.hear(keys));
    this.#open(prefixes).catch((error: unknown) => this.fail(asError(error)));
  }

  protected disconnect(): void {
    this.#connection.disconnect();
    // A peer that is gone never answers QUIT.
    this.#connection.stream?.destroy?.();
  }

  async #open(prefixes: readonly string[]): Promise<void> {
    await this.#connection.connect();
    const id = (await this.#connection.client("ID")) as number;
    const tracked = prefixes.flatMap((prefix) => ["PREFIX", prefix]);
    await this.#connection.client("TRACKING", "ON", "REDIRECT", id, "BCAST", ...tracked);
    await this.#connection.subscribe(channel);
    this.opened();
  }
}
