import { hasMethods, show } from "../../check-options";
import { ConfigError } from "../../errors";

/**
 * The parts in use of an ioredis client, version 5 or 6, `Redis` or `Cluster`. They are not
 * ioredis' own types, so that zcache type-checks where ioredis isn't installed.
 */
export interface RedisClient {
  readonly isCluster: boolean;
  readonly options?: object;
  getBuffer(key: string): Promise<Buffer | null>;
  set(key: string, value: string | Buffer, unit: "PX", ttlMs: number, condition: "NX"): Promise<unknown>;
  mgetBuffer(keys: string[]): Promise<(Buffer | null)[]>;
  del(keys: string[]): Promise<number>;
  time(): Promise<readonly (string | number)[]>;
  defineCommand(name: string, definition: { lua: string; numberOfKeys?: number }): void;
  quit?(...args: never[]): unknown;
  disconnect?(...args: never[]): unknown;
}

/** The options of ioredis that decide whether a client can carry a cache. */
interface ClientOptions {
  readonly scaleReads?: unknown;
  readonly role?: unknown;
  readonly readOnly?: unknown;
  readonly monitor?: unknown;
  readonly enableAutoPipelining?: unknown;
  readonly stringNumbers?: unknown;
  readonly redisOptions?: ClientOptions;
}

const mustBe = "RedisBackend: the client must be a Redis or a Cluster of ioredis";
const staleReplica =
  "A replica may not have heard of an invalidation yet, and would answer with the value that it removed.";

/** Throws a ConfigError for a client that would never cache, or that reads from replicas. */
export function checkClient(client: RedisClient): RedisClient {
  if (isMock(client)) {
    throw new ConfigError(
      `${mustBe}, but got one of ioredis-mock, which can't run the scripts that store entries. In tests use a MemoryBackend, or a real Redis.`,
    );
  }
  if ((client as { isPipeline?: boolean } | undefined)?.isPipeline) {
    throw new ConfigError(`${mustBe}, but got a pipeline. Pass the client that it was made by.`);
  }
  if (!hasMethods(client, ["getBuffer", "mgetBuffer", "del", "time", "defineCommand"])) {
    throw new ConfigError(`${mustBe}, but got: ${show(client)}.`);
  }
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
      'RedisBackend: "monitor" of the client must be false. A connection that monitors answers no commands; give zcache a client of its own.',
    );
  }
  if (client.isCluster && options.enableAutoPipelining && forNodes.stringNumbers) {
    throw new ConfigError(
      'RedisBackend: the Cluster has both "enableAutoPipelining" and "stringNumbers", with which ioredis does not find the nodes of some slots, and throws where nobody can catch it. Leave one of them out.',
    );
  }
  return client;
}

function optionsOf(client: RedisClient): ClientOptions {
  return client.options ?? {};
}

/**
 * Whether the client is of a class with the same methods, but without anything that would send a
 * command.
 */
function isMock(client: unknown): boolean {
  if (typeof client !== "object" || client === null) return false;
  return "shaScripts" in client && "keyData" in client && !hasMethods(client, ["sendCommand"]);
}
