import type {
  AcquireRequest,
  AcquireResult,
  Backend,
  DeleteOptions,
  ReleaseRequest,
  RenewRequest,
  VersionRequest,
  WriteRequest,
} from "./backend";
import { hasMethods, show } from "./check-options";
import { ConfigError } from "./errors";
import { MergedReads } from "./merged-reads";
import { randomId } from "./random";
import { acquire, ensureVersion, raiseTtl, release, renew, type Script, scripts, write } from "./redis-scripts";

/**
 * What is used of an ioredis client, version 5 or 6, `Redis` or `Cluster`. Not ioredis'
 * own types, so that zcache type-checks where ioredis isn't installed.
 */
export interface RedisClient {
  readonly isCluster: boolean;
  readonly options?: object;
  getBuffer(key: string): Promise<Buffer | null>;
  mgetBuffer(keys: string[]): Promise<(Buffer | null)[]>;
  del(keys: string[]): Promise<number>;
  time(): Promise<readonly (string | number)[]>;
  defineCommand(name: string, definition: { lua: string; numberOfKeys?: number }): void;
}

type Argument = string | number | Buffer;
type ScriptCommand = (keyCount: number, ...keysAndArguments: Argument[]) => Promise<unknown[]>;

/** An MGET of a few hundred keys is as fast for each key as a longer one, and holds up others for less long. */
const maxKeysPerRead = 512;
/** Likewise; a script takes several times as long for each key. */
const maxKeysPerScript = 128;

const prepared = new WeakSet<RedisClient>();

/**
 * Keeps entries in Redis (5 or newer), standalone, behind Sentinel, or a Cluster. The
 * client stays yours: its options, `keyPrefix` included, hold for zcache's commands,
 * and closing it is up to you. Several backends may share one.
 *
 * @example
 * import { Redis } from "ioredis";
 * configure({ backend: new RedisBackend(new Redis("redis://cache:6379")) });
 *
 * @throws ConfigError when the client isn't one of ioredis, or is a Cluster that reads from replicas (`scaleReads`):
 * those may not know of an invalidation yet.
 */
export class RedisBackend implements Backend {
  readonly name = "redis";
  readonly remote = true;

  readonly #client: RedisClient;
  readonly #reads: MergedReads;

  constructor(client: RedisClient) {
    this.#client = checkClient(client);
    // A second definition would do no harm to the commands, but makes a client forget which scripts the server has.
    if (!prepared.has(client)) for (const { name, lua } of scripts) client.defineCommand(name, { lua });
    prepared.add(client);
    this.#reads = new MergedReads((keys) => this.#fetch(keys), this.#keysPerCommand(maxKeysPerRead));
  }

  /** The client that it was made with. */
  get client(): RedisClient {
    return this.#client;
  }

  read(keys: readonly string[]): Promise<(Buffer | null)[]> {
    return this.#reads.read(keys);
  }

  async acquire(requests: readonly AcquireRequest[]): Promise<AcquireResult[]> {
    const replies = await this.#run(acquire, requests, ({ token, leaseMs, seenId, force }) => [
      token,
      leaseMs,
      seenId ?? "",
      force ? 1 : 0,
      randomId(),
    ]);
    return replies.map(parseAcquired);
  }

  async renew(requests: readonly RenewRequest[]): Promise<boolean[]> {
    const replies = await this.#run(renew, requests, ({ token, leaseMs }) => [token, leaseMs]);
    return replies.map((reply) => reply === 1);
  }

  async write(requests: readonly WriteRequest[]): Promise<boolean[]> {
    // The versions first: an entry must not be seen whose versions go before it does.
    const [, replies] = await settle([
      this.#run(raiseTtl, findVersions(requests), ({ ttlMs }) => [ttlMs]),
      this.#run(write, requests, ({ token, bytes, ttlMs }) => [token, bytes, ttlMs]),
    ]);
    return (replies as unknown[]).map((reply) => reply === 1);
  }

  async release(requests: readonly ReleaseRequest[]): Promise<void> {
    await this.#run(release, requests, ({ token }) => [token]);
  }

  async delete(keys: readonly string[], options?: DeleteOptions): Promise<void> {
    const commands = split(keys, this.#keysPerCommand(maxKeysPerRead));
    if (options?.inOrder) for (const command of commands) await this.#client.del(command);
    else await settle(commands.map((command) => this.#client.del(command)));
  }

  async ensureVersions(requests: readonly VersionRequest[]): Promise<Buffer[]> {
    const replies = await this.#run(ensureVersion, requests, ({ seed, ttlMs }) => [seed, ttlMs]);
    return replies as Buffer[];
  }

  /** Of a Cluster, one node's: their clocks are taken for equal. */
  async time(): Promise<number> {
    const [seconds, microseconds] = await this.#client.time();
    return Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
  }

  /** Keys of a Cluster live on different nodes: there, no command may name two of them. */
  #keysPerCommand(most: number): number {
    return this.#client.isCluster ? 1 : most;
  }

  #fetch(keys: readonly string[]): Promise<(Buffer | null)[]> {
    const [key] = keys;
    if (keys.length === 1 && key !== undefined) return this.#client.getBuffer(key).then((value) => [value]);
    return this.#client.mgetBuffer([...keys]);
  }

  /** One reply for each request, in their order; all commands are sent at once. */
  async #run<Request extends { readonly key: string }>(
    script: Script,
    requests: readonly Request[],
    toArguments: (request: Request) => Argument[],
  ): Promise<unknown[]> {
    const client = this.#client as unknown as Record<string, ScriptCommand>;
    const name = `${script.name}Buffer`;
    const commands = split(requests, this.#keysPerCommand(maxKeysPerScript)).map((part) =>
      (client[name] as ScriptCommand)(part.length, ...part.map(({ key }) => key), ...part.flatMap(toArguments)),
    );
    return (await settle(commands)).flat();
  }
}

function checkClient(client: RedisClient): RedisClient {
  if (!hasMethods(client, ["getBuffer", "mgetBuffer", "del", "time", "defineCommand"])) {
    throw new ConfigError(
      `RedisBackend: the client must be a Redis or a Cluster of ioredis, but got: ${show(client)}.`,
    );
  }
  const options: { scaleReads?: unknown } = client.isCluster ? (client.options ?? {}) : {};
  const { scaleReads = "master" } = options;
  if (scaleReads === "master") return client;
  throw new ConfigError(
    `RedisBackend: "scaleReads" of the Cluster must be "master", but got: ${show(scaleReads)}. A replica may not know of an invalidation yet, and would answer with what it ended.`,
  );
}

function parseAcquired(reply: unknown): AcquireResult {
  if (reply === 1) return { status: "acquired" };
  return reply === 0 ? { status: "busy" } : { status: "changed", bytes: reply as Buffer };
}

/** Each version key once, with the longest life that is asked for it. */
function findVersions(requests: readonly WriteRequest[]): { key: string; ttlMs: number }[] {
  const ttls = new Map<string, number>();
  for (const { ttlMs, versionKeys } of requests) {
    for (const key of versionKeys) ttls.set(key, Math.max(ttlMs, ttls.get(key) ?? 0));
  }
  return Array.from(ttls, ([key, ttlMs]) => ({ key, ttlMs }));
}

function split<Item>(items: readonly Item[], size: number): Item[][] {
  const parts: Item[][] = [];
  for (let at = 0; at < items.length; at += size) parts.push(items.slice(at, at + size));
  return parts;
}

/** Like `Promise.all`, but when it rejects nothing is under way any more. */
async function settle<Value>(promises: readonly Promise<Value>[]): Promise<Value[]> {
  try {
    return await Promise.all(promises);
  } catch (error) {
    await Promise.allSettled(promises);
    throw error;
  }
}
