import { asError } from "../../user-code/thrown";
import { InvalidationConnection } from "./invalidation-connection";
import type { InvalidationListener } from "./redis-port";

/** The part of a node-redis client that is used to open a connection like its own. */
export interface DuplicableClient {
  readonly options?: { readonly socket?: object };
  duplicate(overrides: object): PushedClient;
}

interface PushedClient {
  connect(): Promise<unknown>;
  sendCommand(command: readonly string[]): Promise<unknown>;
  destroy(): void;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "end", listener: () => void): unknown;
  on(event: "invalidate", listener: (key: Buffer | string | null) => void): unknown;
}

/**
 * CLIENT TRACKING on a duplicate of a node-redis client, which speaks protocol 3 and passes on what
 * the server pushes. Tracking and listening are one connection, so that neither can be lost unseen.
 */
export class NodeRedisInvalidations extends InvalidationConnection {
  readonly #connection: PushedClient;

  constructor(
    client: DuplicableClient,
    prefixes: readonly string[],
    listener: InvalidationListener,
  ) {
    super(listener);
    this.#connection = client.duplicate({
      RESP: 3,
      emitInvalidate: true,
      clientSideCache: undefined,
      commandOptions: {},
      disableOfflineQueue: false,
      // A new connection has no tracking by prefix, so the client must not reconnect silently.
      socket: { ...client.options?.socket, reconnectStrategy: false },
    });
    this.#connection.on("error", (error) => this.fail(asError(error)));
    this.#connection.on("end", () =>
      this.fail(new Error("The connection that invalidations arrive on was closed")),
    );
    this.#connection.on("invalidate", (key) => this.hear(key === null ? null : [asBytes(key)]));
    this.#open(prefixes).catch((error: unknown) => this.fail(asError(error)));
  }

  protected disconnect(): void {
    this.#connection.destroy();
  }

  async #open(prefixes: readonly string[]): Promise<void> {
    await this.#connection.connect();
    // `emitInvalidate` has turned on tracking of what this connection reads, but it reads nothing.
    const tracked = prefixes.flatMap((prefix) => ["PREFIX", prefix]);
    await Promise.all([
      this.#connection.sendCommand(["CLIENT", "TRACKING", "OFF"]),
      this.#connection.sendCommand(["CLIENT", "TRACKING", "ON", "BCAST", ...tracked]),
    ]);
    this.opened();
  }
}

function asBytes(key: Buffer | string): Buffer {
  return typeof key === "string" ? Buffer.from(key) : key;
}
