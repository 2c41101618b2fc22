import type { Script } from "./redis-scripts";

/** What a command is sent with besides its keys. Text is sent in UTF-8. */
export type Argument = string | number | Buffer;

/** The commands that are sent beside GET and the scripts. */
export type PlainCommand = "MGET" | "SET" | "DEL" | "TIME" | "PTTL";

/**
 * What a backend asks of a client. Each kind of client that zcache runs on has one file that implements it, and passes
 * the tests in test/redis/clients/redis-clients.test.ts and test/redis/clients/redis-clients-contract.test.ts.
 *
 * Replies come as the server gave them: bytes as Buffers, nothing as null, numbers as numbers or as text, and a status
 * such as OK as text or as a Buffer. `redis-replies` judges them. What the server refuses rejects with an error whose
 * message is the server's.
 */
export interface RedisPort {
  /** Its keys are on several nodes, so that a command names one key only. */
  readonly isCluster: boolean;

  /** What the client is set to put before each key. The port puts it there. */
  readonly keyPrefix: string;

  /**
   * How a memory tier hears of changes: from one server, or from each master of a Cluster. Null where nothing reports them,
   * so that no memory tier can be in front of it: then `whyUntracked` says why.
   */
  readonly tracking: TrackingPort | ClusterTrackingPort | null;
  readonly whyUntracked?: string;

  /** A method of its own because it is on the path of every hit. */
  get(key: string): Promise<unknown>;

  send(command: PlainCommand, keys: readonly string[], args?: readonly Argument[]): Promise<unknown>;

  /** Runs a script, and sends its text where the server doesn't know it: after SCRIPT FLUSH, after a failover. */
  run(script: Script, keys: readonly string[], args: readonly Argument[]): Promise<unknown>;

  /** The servers that have the keys: one, or the masters of a Cluster. */
  servers(): Promise<readonly RedisServer[]>;

  /** Names the node that a command about the key is sent to now. Of one server, all keys have the same. */
  nodeOf(key: string): string;

  /** Calls `send`, and makes the commands that are sent within it leave in one write for each connection. */
  cork<Result>(send: () => Result): Result;

  /** `listener` is called whenever the client has made a connection, perhaps to another server than before. */
  onConnected(listener: () => void): void;

  /** `listener` is called when the program closes the client, while commands can still be sent. */
  onClosing(listener: () => void): void;
}

/** One server, for what is asked of a whole server and not of a key. Nothing is put before what is sent to it. */
export interface RedisServer {
  ask(command: string, args: readonly Argument[]): Promise<unknown>;
}

/** What a memory tier asks of a client besides. */
export interface TrackingPort {
  /** Whether the client has a connection that answers. */
  readonly isReady: boolean;
  /** @returns what ends the watch */
  watch(listener: ConnectionListener): () => void;
  /**
   * Opens a connection on which the server reports what happens to the keys that begin with one of the prefixes.
   * @param prefixes complete, with the client's `keyPrefix`; none may begin with another
   */
  openInvalidations(prefixes: readonly string[], listener: InvalidationListener): Invalidations;
}

/** What a memory tier asks of the client of a Cluster. */
export interface ClusterTrackingPort {
  /** Whether the client knows the nodes. */
  readonly isReady: boolean;
  /** @returns what ends the watch */
  watch(listener: Pick<ConnectionListener, "ready" | "ended">): () => void;
  /** Returns the masters that the client has connections to: each is the same object for as long as its connection is. */
  masters(): readonly MasterPort[];
  /** Returns the one that the client sends a command about a key of the slot to now. */
  masterOf(slot: number): MasterPort | null;
}

export interface MasterPort extends TrackingPort {
  /** For messages. */
  readonly address: string;
  /** Sends CLUSTER NODES on the client's own connection to the node. */
  askNodes(): Promise<string>;
}

export function isOfCluster(tracking: TrackingPort | ClusterTrackingPort): tracking is ClusterTrackingPort {
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
  /** Written, deleted, expired or evicted, whoever did it. Keys are complete, with the client's `keyPrefix`. */
  invalidated(keys: readonly Buffer[]): void;
  /** Everything: FLUSHALL and the like. */
  flushed(): void;
  /** The last call, which isn't made after `close`: nothing is reported any more. */
  ended(cause: Error): void;
}

/** One connection's life. It is never repaired: whatever happens to it ends it, and its owner opens another. */
export interface Invalidations {
  /** Ends it for a reason that only its owner can see, and which the listener is given. */
  fail(cause: Error): void;
  close(): void;
}
