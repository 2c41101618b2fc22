import { hasMethods, show } from "../../check-options";
import { ConfigError } from "../../errors";
import { warnOf } from "../../user-code/thrown";
import { slotOf } from "./key-slot";
import { createClusterTracking, createTracking } from "./node-redis-tracking";
import type {
  Argument,
  ClusterTrackingPort,
  PlainCommand,
  RedisPort,
  RedisServer,
  TrackingPort,
} from "./redis-port";
import type { Script } from "./redis-scripts";
import { mustBe, staleReplica } from "./refusals";

/**
 * The part in use of a client of node-redis (`redis`, `@redis/client`) 5 or 6: for one server, a
 * pool, a Cluster or a Sentinel set. Its own types are not imported, so that zcache type-checks
 * where it isn't installed.
 */
export interface NodeRedisClient {
  sendCommand(...args: never[]): Promise<unknown>;
  withTypeMapping(...args: never[]): unknown;
}

type Kind = "client" | "pool" | "cluster" | "sentinel";
type Sent = string | Buffer;
type Method = (...args: unknown[]) => Promise<unknown>;

/**
 * Members that aren't in `NodeRedisClient`, because not every kind of client has them or because
 * they aren't documented.
 */
interface AnyClient {
  sendCommand: Method;
  readonly isReady?: boolean;
  readonly options?: ClientOptions;
  readonly _options?: { readonly keyPrefix?: unknown; readonly defaults?: ClientOptions };
  readonly _keyPrefix?: unknown;
  /** Only a Cluster's client has it. */
  readonly masters?: readonly object[];
  readonly slots?: readonly ({ readonly master: { readonly address: string } } | undefined)[];
  nodeClient?(node: object): Promise<AnyClient>;
  on(event: string, listener: (argument: Error) => void): unknown;
  off(event: string, listener: (argument: Error) => void): unknown;
  listenerCount(event: string): number;
}

interface ClientOptions {
  readonly readonly?: unknown;
  readonly keyPrefix?: unknown;
  readonly commandOptions?: { readonly timeout?: number };
  readonly socket?: object;
}

interface CommandOptions {
  readonly typeMapping: object;
  readonly timeout?: number | undefined;
}

/**
 * Replies are bytes, whatever the client maps them to: 36 is the type of a bulk reply in the
 * protocol.
 */
const typeMapping = { 36: Buffer };

/**
 * Whether it has the methods of node-redis. Throws a ConfigError for similar clients that can't
 * carry a cache.
 */
export function isNodeRedis(client: unknown): client is NodeRedisClient {
  if (hasMethods(client, ["execAsPipeline", "addCommand"])) {
    throw new ConfigError(`${mustBe}, but got a pipeline. Pass the client that it was made by.`);
  }
  if (hasMethods(client, ["sendCommand", "multiExecutor"])) {
    throw new ConfigError(`${mustBe}, but got one of node-redis 4. Install redis 5 or 6.`);
  }
  if (!hasMethods(client, ["sendCommand", "withTypeMapping"])) {
    if (!hasMethods(client, ["sendCommand", "multi"])) return false;
    throw new ConfigError(
      `${mustBe}, but got one whose methods take callbacks. Pass the client on which legacy() was called.`,
    );
  }
  if (hasMethods(client, ["release"])) {
    throw new ConfigError(
      `${mustBe}, but got a lease on a Sentinel's client, which will be released. Pass the client that createSentinel has returned.`,
    );
  }
  return true;
}

export class NodeRedisPort implements RedisPort {
  readonly isCluster: boolean;
  readonly keyPrefix: string;
  readonly tracking: TrackingPort | ClusterTrackingPort | null;
  readonly whyUntracked?: string;
  readonly #client: AnyClient;
  readonly #kind: Kind;
  readonly #send: (firstKey: string | undefined, command: readonly Sent[]) => Promise<unknown>;
  readonly #connected: CommandOptions;
  /** Scripts that were sent in full before, by name. */
  readonly #sent = new Set<string>();

  /** @throws ConfigError for a client that reads from replicas */
  constructor(given: NodeRedisClient) {
    const client = given as unknown as AnyClient;
    const kind = findKind(given);
    const options = (kind === "cluster" ? client._options?.defaults : client.options) ?? {};
    checkOptions(options);
    this.#client = client;
    this.#kind = kind;
    this.isCluster = kind === "cluster";
    this.keyPrefix = findKeyPrefix(client);
    this.tracking = null;
    if (kind === "pool" || kind === "sentinel") this.whyUntracked = untracked[kind];
    else this.tracking = kind === "cluster" ? createClusterTracking(given) : createTracking(given);
    // The client makes an AbortSignal for each command that has a timeout, which costs several
    // times as much as everything else that is done for the command. zcache has its own deadline. A
    // timeout that the program has set stays in effect.
    this.#connected = { typeMapping, timeout: options.commandOptions?.timeout };
    this.#send = this.#createSend();
    if (client.listenerCount("error") === 0) client.on("error", warnWhereNobodyListens(client));
  }

  get(key: string): Promise<unknown> {
    const complete = this.keyPrefix + key;
    return this.#send(complete, ["GET", complete]);
  }

  send(
    command: PlainCommand,
    keys: readonly string[],
    args: readonly Argument[] = [],
  ): Promise<unknown> {
    const complete = this.#complete(keys);
    return this.#send(complete[0], [command, ...complete, ...args.map(asSent)]);
  }

  run(script: Script, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    const complete = this.#complete(keys);
    const rest = [String(keys.length), ...complete, ...args.map(asSent)];
    const sendInFull = (): Promise<unknown> =>
      this.#send(complete[0], ["EVAL", script.lua, ...rest]);
    if (!this.#sent.has(script.name)) {
      this.#sent.add(script.name);
      return sendInFull();
    }
    return this.#send(complete[0], ["EVALSHA", digestOf(script), ...rest]).catch(
      (error: unknown) => {
        if (isUnknownScript(error)) return sendInFull();
        throw error;
      },
    );
  }

  async servers(): Promise<readonly RedisServer[]> {
    const { masters, nodeClient } = this.#client;
    if (!masters || !nodeClient)
      return [{ ask: (command, args) => this.#send(undefined, [command, ...args.map(asSent)]) }];
    const clients = await Promise.all(
      masters.map(async (node) => nodeClient.call(this.#client, node)),
    );
    return clients.map((client) => ({
      ask: (command, args) => client.sendCommand([command, ...args.map(asSent)], { typeMapping }),
    }));
  }

  nodeOf(key: string): string {
    if (!this.isCluster) return "";
    return this.#client.slots?.[slotOf(this.keyPrefix + key)]?.master.address ?? "";
  }

  /** node-redis writes everything that was sent in one turn of the event loop at once. */
  cork<Result>(send: () => Result): Result {
    return send();
  }

  onConnected(listener: () => void): void {
    // A Cluster emits an event for each node, and a Sentinel's client for each new master. A pool
    // emits none.
    for (const event of ["ready", "node-ready", "topology-change"])
      this.#client.on(event, listener);
  }

  onClosing(listener: () => void): void {
    const client = this.#client as unknown as Record<string, Method>;
    for (const name of ["close", "quit"]) {
      const close = client[name];
      if (!close) continue;
      client[name] = async (...args) => {
        listener();
        // All kinds of clients except a single one choose a command's connection in later promise
        // jobs.
        if (this.#kind !== "client") await new Promise(setImmediate);
        return close.apply(client, args);
      };
    }
  }

  #complete(keys: readonly string[]): readonly string[] {
    return this.keyPrefix === "" ? keys : keys.map((key) => this.keyPrefix + key);
  }

  #createSend(): (firstKey: string | undefined, command: readonly Sent[]) => Promise<unknown> {
    const client = this.#client;
    // Without a connection, a command waits in the client until its own timeout removes it.
    const waiting = { typeMapping };
    const options = (): CommandOptions => (client.isReady === false ? waiting : this.#connected);
    switch (this.#kind) {
      case "client":
      case "pool":
        return (_firstKey, command) => client.sendCommand(command, options());
      // "false" means that the command may write, so nothing is read from a replica.
      case "cluster":
        return (firstKey, command) => client.sendCommand(firstKey, false, command, options());
      case "sentinel":
        return (_firstKey, command) => client.sendCommand(false, command, options());
    }
  }
}

const untracked = {
  pool: "the client is a pool of node-redis, which doesn't show the connections that its commands take. Pass a client of createClient",
  sentinel:
    "the client is a Sentinel of node-redis, which doesn't show its connection to the master. Use a RedisBackend alone, or ioredis with `sentinels`",
} as const satisfies Partial<Record<Kind, string>>;

function findKind(client: NodeRedisClient): Kind {
  if (hasMethods(client, ["getSentinelNode"])) return "sentinel";
  if (hasMethods(client, ["getSlotRandomNode"])) return "cluster";
  return hasMethods(client, ["execute"]) ? "pool" : "client";
}

function checkOptions(options: ClientOptions): void {
  if (!options.readonly) return;
  throw new ConfigError(
    `RedisBackend: "readonly" of the client must be false, but got: ${show(options.readonly)}. ${staleReplica}`,
  );
}

/**
 * The client doesn't put its prefix into commands that are sent as they are. Version 5 has no
 * prefix.
 */
function findKeyPrefix(client: AnyClient): string {
  const prefix = client._keyPrefix ?? client.options?.keyPrefix ?? client._options?.keyPrefix ?? "";
  if (typeof prefix === "string") return prefix;
  if (Buffer.isBuffer(prefix) && Buffer.from(prefix.toString()).equals(prefix))
    return prefix.toString();
  throw new ConfigError(
    `RedisBackend: "keyPrefix" of the client must be text in UTF-8, but got: ${show(prefix)}.`,
  );
}

/** An error that has no listener ends the process, and a broken cache must not do that. */
function warnWhereNobodyListens(client: AnyClient): (error: Error) => void {
  let hasWarned = false;
  return (error) => {
    if (hasWarned || client.listenerCount("error") > 1) return;
    hasWarned = true;
    warnOf(error, "ZcacheClientWarning");
  };
}

function asSent(argument: Argument): Sent {
  return typeof argument === "number" ? String(argument) : argument;
}

const digests = new Map<string, string>();

function digestOf({ name, lua }: Script): string {
  let digest = digests.get(name);
  if (digest === undefined) {
    const { createHash } = require("node:crypto") as typeof import("node:crypto");
    digests.set(name, (digest = createHash("sha1").update(lua).digest("hex")));
  }
  return digest;
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("NOSCRIPT");
}
