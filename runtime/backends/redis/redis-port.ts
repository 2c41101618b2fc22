import type { Script } from "./redis-scripts";

/** An argument of a command other than its keys. Text is sent in UTF-8. */
export type Argument = string | number | Buffer;

/** The commands that are sent beside GET and the scripts. */
export type PlainCommand = "MGET" | "SET" | "DEL" | "TIME" | "PTTL";

/**
 * The interface through which a backend uses a client. Each kind of client that zcache runs on has
 * one file that implements it, and passes the tests in test/redis/clients/redis-clients.test.ts and
 * test/redis/clients/redis-clients-contract.test.ts.
 *
 * Replies come as the server gave them: bytes as Buffers, nothing as null, numbers as numbers or as
 * text, and a status such as OK as text or as a Buffer. `redis-replies` judges them. A command that
 * the server refuses rejects with an error whose message is the server's.
 */
export interface RedisPort {
  /** Whether its keys are on several nodes, so that a command may name one key only. */
  readonly isCluster: boolean;

  /** The prefix that the client is configured to put before each key. The port puts it there. */
  readonly keyPrefix: string;

  /**
   * How a memory tier hears of changes: from one server, or from each master of a Cluster. It is
   * null if nothing reports them, so that no memory tier can be in front of the client.
   * `whyUntracked` then says why.
   */
  readonly tracking: TrackingPort | ClusterTrackingPort | null;
  readonly whyUntracked?: string;

  /** It is a method of its own because it is on the path of every hit. */
  get(key: string): Promise<unknown>;

  send(
    command: PlainCommand,
    keys: readonly string[],
    args?: readonly Argument[],
  ): Promise<unknown>;

  /**
   * Runs a script, and sends its text if the server doesn't know it, as after SCRIPT FLUSH or a
   * failover.
   */
  run(script: Script, keys: readonly string[], args: readonly Argument[]): Promise<unknown>;

  /** Returns the servers that have the keys: one, or the masters of a Cluster. */
  servers(): Promise<readonly RedisServer[]>;

  /**
   * Names the node that a command about the key is sent to now. Of one server, all keys have the
   * same.
   */
  nodeOf(key: string): string;

  /**
   * Calls `send`, and makes the commands that are sent within it leave in one write for each
   * connection.
   */
  cork<Result>(send: () => Result): Result;

  /**
   * Calls `listener` whenever the client has made a connection, perhaps to another server than
   * before.
   */
  onConnected(listener: () => void): void;

  /** Calls `listener` when the program closes the client, while commands can still be sent. */
  onClosing(listener: () => void): void;
}

/**
 * One server, for commands that concern a whole server and not a key. No prefix is put before their
 * arguments.
 */
export interface RedisServer {
  ask(command: string, args: readonly Argument[]): Promise<unknown>;
}

/** What a memory tier needs from a client in addition. */
export interface TrackingPort {
  /** Whether the client has a connection that answers. */
  readonly isReady: boolean;
  /** @returns a function that ends the watch */
  watch(listener: ConnectionListener): () => void;
  /**
   * Opens a connection on which the server reports what happens to the keys that begin with one of
   * the prefixes.
   * @param prefixes are complete, with the client's `keyPrefix`; none may begin with another
   */
  openInvalidations(prefixes: readonly string[], listener: InvalidationListener): Invalidations;
}

/** What a memory tier needs from the client of a Cluster. */
export interface ClusterTrackingPort {
  /** Whether the client knows the nodes. */
  readonly isReady: boolean;
  /** @returns a function that ends the watch */
  watch(listener: Pick<ConnectionListener, "ready" | "ended">): () => void;
  /**
   * Returns the masters that the client has connections to. A master is the same object for as long
   * as its connection is the same.
   */
  masters(): readonly MasterPort[];
  /** Returns the master to which the client now sends a command about a key of the slot. */
  masterOf(slot: number): MasterPort | null;
}

export interface MasterPort extends TrackingPort {
  /** The name that messages use. */
  readonly address: string;
  /** Sends CLUSTER NODES on the client's own connection to the node. */
  askNodes(): Promise<string>;
}

export function isOfCluster(
  tracking: TrackingPort | ClusterTrackingPort,
): tracking is ClusterTrackingPort {
  return "masters" in tracking;
}

export interface ConnectionListener {
  ready(): void;
  /** The connection is lost. The client may connect again, to another server. */
  lost(): void;
  /** The client was closed, or has given up. */
  ended(): void;
}

export interface InvalidationListener {
  /** From now on the server reports every change. */
  opened(): void;
  /**
   * Called for keys that were written, deleted, expired or evicted, whoever did it. Keys are
   * complete, with the client's `keyPrefix`.
   */
  invalidated(keys: readonly Buffer[]): void;
  /** Called when everything has changed: FLUSHALL and the like. */
  flushed(): void;
  /** Called last, and not after `close`: nothing is reported any more. */
  ended(cause: Error): void;
}

/**
 * One connection from its beginning to its end. It is never repaired: any problem ends it, and its
 * owner opens another.
 */
export interface Invalidations {
  /**
   * Ends the connection for a reason that only its owner can see. The reason is passed to the
   * listener.
   */
  fail(cause: Error): void;
  close(): void;
}
