import { hasMethods, show } from "../../check-options";
import { ConfigError } from "../../errors";
import { createTracking } from "./ioredis-tracking";
import { slotOf } from "./key-slot";
import type {
  Argument,
  ClusterTrackingPort,
  PlainCommand,
  RedisPort,
  RedisServer,
  TrackingPort,
} from "./redis-port";
import { type Script, scripts } from "./redis-scripts";
import { mustBe, staleReplica } from "./refusals";

/**
 * The part in use of a client (`Redis` or `Cluster`) of ioredis 5 or 6, or of iovalkey. The types
 * of ioredis are not imported, so that zcache type-checks where ioredis isn't installed.
 */
export interface IoredisClient {
  readonly isCluster: boolean;
  readonly options?: object;
  getBuffer(key: string): Promise<Buffer | null>;
  mgetBuffer(keys: string[]): Promise<(Buffer | null)[]>;
  setBuffer(
    key: string,
    value: string | Buffer,
    unit: "PX",
    ttlMs: number,
    nx: "NX",
    get: "GET",
  ): Promise<unknown>;
  del(keys: string[]): Promise<number>;
  time(): Promise<readonly (string | number)[]>;
  defineCommand(name: string, definition: { lua: string; numberOfKeys?: number }): void;
  quit?(...args: never[]): unknown;
  disconnect?(...args: never[]): unknown;
}

/** The options of ioredis that decide whether a client can carry a cache. */
interface ClientOptions {
  readonly keyPrefix?: string;
  readonly scaleReads?: unknown;
  readonly role?: unknown;
  readonly readOnly?: unknown;
  readonly monitor?: unknown;
  readonly enableAutoPipelining?: unknown;
  readonly stringNumbers?: unknown;
  readonly redisOptions?: ClientOptions;
}

type Socket = { cork(): void; uncork(): void };
type RawClient = { callBuffer(command: string, ...args: Argument[]): Promise<unknown> };
/** ioredis flattens a list of keys into one key after the other. */
type Method = (...keysAndArguments: (Argument | readonly string[])[]) => Promise<unknown>;

const methods = {
  MGET: "mgetBuffer",
  SET: "setBuffer",
  DEL: "del",
  TIME: "time",
  PTTL: "pttl",
} as const satisfies Record<PlainCommand, string>;

/**
 * Whether it has the methods of ioredis. Throws a ConfigError for similar clients that can't carry
 * a cache.
 */
export function isIoredis(client: unknown): client is IoredisClient {
  if (isMock(client)) {
    throw new ConfigError(
      `${mustBe}, but got one of ioredis-mock, which can't run the scripts that store entries. In tests use a MemoryBackend, or a real Redis.`,
    );
  }
  if ((client as { isPipeline?: boolean } | undefined)?.isPipeline) {
    throw new ConfigError(`${mustBe}, but got a pipeline. Pass the client that it was made by.`);
  }
  return hasMethods(client, ["getBuffer", "mgetBuffer", "del", "time", "defineCommand"]);
}

export class IoredisPort implements RedisPort {
  readonly isCluster: boolean;
  readonly keyPrefix: string;
  readonly tracking: TrackingPort | ClusterTrackingPort | null;
  readonly #client: IoredisClient & Record<string, Method>;

  /** @throws ConfigError for a client that would never cache, or that reads from replicas */
  constructor(client: IoredisClient) {
    checkOptions(client);
    this.#client = client as IoredisClient & Record<string, Method>;
    this.isCluster = client.isCluster;
    this.keyPrefix = optionsOf(client).keyPrefix ?? "";
    this.tracking = createTracking(client);
    for (const script of scripts) this.#define(script);
  }

  get(key: string): Promise<unknown> {
    return this.#client.getBuffer(key);
  }

  send(
    command: PlainCommand,
    keys: readonly string[],
    args: readonly Argument[] = [],
  ): Promise<unknown> {
    return (this.#client[methods[command]] as Method)(keys, ...args);
  }

  run(script: Script, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    const given: Argument[] = [...keys, ...args];
    // On a Cluster the script is defined with its number of keys.
    if (!this.isCluster) given.unshift(keys.length);
    if (!this.#client[`${script.name}Buffer`]) this.#define(script);
    return (this.#client[`${script.name}Buffer`] as Method)(...given);
  }

  #define({ name, lua }: Script): void {
    // With `enableAutoPipelining`, a Cluster takes the first text among the arguments to be the
    // key, so it has to know how many of them are keys.
    const keys = this.isCluster ? { numberOfKeys: 1 } : {};
    this.#client.defineCommand(name, { lua, ...keys });
  }

  async servers(): Promise<readonly RedisServer[]> {
    const { nodes } = this.#client as unknown as { nodes?(role: "master"): readonly RawClient[] };
    const clients = this.isCluster ? (nodes?.call(this.#client, "master") ?? []) : [this.#client];
    return (clients as readonly RawClient[]).map((client) => ({
      ask: (command, args) => client.callBuffer(command, ...args),
    }));
  }

  nodeOf(key: string): string {
    if (!this.isCluster) return "";
    const { slots } = this.#client as unknown as {
      slots?: readonly (readonly string[] | undefined)[];
    };
    // The master's address comes first.
    return slots?.[slotOf(this.keyPrefix + key)]?.[0] ?? "";
  }

  /**
   * ioredis writes each command to its socket by itself, and a write costs more than all else that
   * is done for a command.
   */
  cork<Result>(send: () => Result): Result {
    const corked = findSockets(this.#client).filter((socket) => isDone(() => socket.cork()));
    try {
      return send();
    } finally {
      for (const socket of corked) isDone(() => socket.uncork());
    }
  }

  onConnected(listener: () => void): void {
    const client = this.#client as unknown as { on(event: string, listener: () => void): unknown };
    // A Cluster emits an event for each node that it discovers.
    for (const event of ["ready", "+node"]) isDone(() => client.on(event, listener));
  }

  onClosing(listener: () => void): void {
    for (const name of ["quit", "disconnect"] as const) {
      const close = this.#client[name];
      if (!close) continue;
      (this.#client as IoredisClient)[name] = (...args) => {
        listener();
        return close.apply(this.#client, args);
      };
    }
  }
}

/** A failure here, for example because a connection is not a socket, only makes it slower. */
function isDone(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}

/**
 * Returns the sockets of the connections that exist. A client without a connection queues its
 * commands.
 */
function findSockets(client: IoredisClient): Socket[] {
  if (!client.isCluster) return socketsOf(client);
  const { nodes } = client as { nodes?(role: "master"): IoredisClient[] };
  return (nodes?.call(client, "master") ?? []).flatMap(socketsOf);
}

/** Returns the socket of a connection, if there is one. */
function socketsOf(connection: object): Socket[] {
  const { stream } = connection as { stream?: Partial<Socket> | null };
  return stream?.cork && stream.uncork ? [stream as Socket] : [];
}

function checkOptions(client: IoredisClient): void {
  const options = optionsOf(client);
  const forNodes = client.isCluster ? (options.redisOptions ?? {}) : options;
  const { scaleReads = "master" } = client.isCluster ? options : {};
  if (scaleReads !== "master") {
    throw new ConfigError(
      `RedisBackend: "scaleReads" of the Cluster must be "master", but got: ${show(scaleReads)}. ${staleReplica}`,
    );
  }
  if (forNodes.role === "slave") {
    throw new ConfigError(
      `RedisBackend: "role" of the client must be "master", but got: "slave". ${staleReplica} Leave "role" out.`,
    );
  }
  if (forNodes.readOnly) {
    throw new ConfigError(
      `RedisBackend: "readOnly" of the client must be false, but got: ${show(forNodes.readOnly)}. ${staleReplica}`,
    );
  }
  if (forNodes.monitor) {
    throw new ConfigError(
      'RedisBackend: "monitor" of the client must be false. A connection in monitor mode does not answer commands. Give zcache a client of its own.',
    );
  }
  if (client.isCluster && options.enableAutoPipelining && forNodes.stringNumbers) {
    throw new ConfigError(
      'RedisBackend: the Cluster has both "enableAutoPipelining" and "stringNumbers", with which ioredis does not find the nodes of some slots, and throws an error that cannot be caught. Leave one of them out.',
    );
  }
}

function optionsOf(client: IoredisClient): ClientOptions {
  return client.options ?? {};
}

/** It has a class with the same methods, but without anything that would send a command. */
function isMock(client: unknown): boolean {
  if (typeof client !== "object" || client === null) return false;
  return "shaScripts" in client && "keyData" in client && !hasMethods(client, ["sendCommand"]);
}
