import { createRequire } from "node:module";
import { join } from "node:path";
import type { Cluster, Redis } from "ioredis";
import { type Arguments, CommandError, type Option, type Terminal, UsageError } from "./command";

/** The parts in use of an ioredis client, for one server or a Cluster. */
export type Client = Pick<
  Redis,
  | "getBuffer"
  | "pttl"
  | "exists"
  | "eval"
  | "quit"
  | "disconnect"
  | "ping"
  | "on"
  | "select"
  | "options"
>;

export const redisOptions: Readonly<Record<string, Option>> = {
  redis: { value: "URL", description: "the Redis to ask (default: $REDIS_URL)" },
  cluster: { description: "connects to a Redis Cluster" },
};

const connectTimeoutMs = 5_000;

/**
 * Runs `use` with a connection, and closes it. There is no default address, because the target of a
 * mistaken invalidation should have been named.
 *
 * @throws CommandError if the server can't be reached or refuses a command
 */
export async function withRedis<Result>(
  { values, flags }: Arguments,
  { directory, environment }: Terminal,
  use: (client: Client) => Promise<Result>,
): Promise<Result> {
  const url = urlOf(values["redis"], environment);
  const shown = showUrl(url);
  const client = createClient(directory, url, flags.has("cluster"));
  let failure: Error | null = null;
  // Without a listener ioredis prints what the command's own error explains better.
  client.on("error", (error) => (failure ??= error));
  try {
    await client.ping();
    await selectDatabase(client);
    return await use(client);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${shown}: ${reasonOf(failure ?? (error as Error))}`);
  } finally {
    client.disconnect();
  }
}

/**
 * Selects the database of the URL once more, because ioredis goes on in database 0 if the server
 * lacks that one or refuses it.
 */
async function selectDatabase(client: Client): Promise<void> {
  const { db } = client.options as { readonly db?: number };
  if (db) await client.select(db);
}

function createClient(directory: string, url: string, isCluster: boolean): Client {
  const ioredis = loadIoredis(directory);
  // It tries only once, because a user is waiting at a terminal.
  const options = {
    connectTimeout: connectTimeoutMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  };
  if (!isCluster) return new ioredis.Redis(url, options);
  const cluster = new ioredis.Cluster([url], {
    redisOptions: { connectTimeout: connectTimeoutMs },
    clusterRetryStrategy: () => null,
  });
  return cluster as unknown as Client;
}

/**
 * Returns a client for a command that keeps running. It reconnects whenever the server is back. The
 * caller disconnects it.
 * @throws UsageError if no Redis is named
 */
export function keepRedis(
  { values, flags }: Arguments,
  { directory, environment }: Terminal,
): KeptRedis {
  const url = urlOf(values["redis"], environment);
  const ioredis = loadIoredis(directory);
  // A command that can't be sent fails at once. The page shows that, and asks again in a second.
  const options = {
    connectTimeout: connectTimeoutMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => retryMs,
  };
  const client = flags.has("cluster")
    ? new ioredis.Cluster([url], {
        redisOptions: { connectTimeout: connectTimeoutMs },
        clusterRetryStrategy: () => retryMs,
      })
    : new ioredis.Redis(url, options);
  // Each command reports its own error.
  let trouble: string | null = null;
  client.on("error", (error: Error) => (trouble = reasonOf(error)));
  client.on("ready", () => (trouble = null));
  return { client, name: showUrl(url), trouble: () => trouble };
}

export interface KeptRedis {
  readonly client: Redis | Cluster;
  /** The URL without the password. */
  readonly name: string;
  /**
   * Returns why there is no connection, which the error of a command doesn't say, or null while
   * there is one.
   */
  readonly trouble: () => string | null;
}

const retryMs = 1_000;

function urlOf(given: string | undefined, environment: Terminal["environment"]): string {
  const url = given ?? environment["REDIS_URL"];
  if (url === undefined || url === "")
    throw new UsageError("Name the Redis: --redis redis://localhost:6379, or set REDIS_URL.");
  // ioredis takes the path of a URL with another scheme for the path of a socket.
  const [, scheme] = /^([^:/@]+):\/\//.exec(url) ?? [];
  if (scheme !== undefined && !/^rediss?$/i.test(scheme))
    throw new UsageError(
      `The address of the Redis begins with redis:// or rediss://, but got: ${showUrl(url)}.`,
    );
  return url;
}

/** Loads the project's own ioredis, because zcache runs on it, or else the one beside zcache. */
function loadIoredis(directory: string): typeof import("ioredis") {
  for (const base of [join(directory, "package.json"), __filename]) {
    try {
      return createRequire(base)("ioredis") as typeof import("ioredis");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  throw new CommandError("ioredis is not installed here. npm install ioredis");
}

/**
 * Returns the URL without the user's name, the password, and the options after `?`, of which one
 * may be a password. A password that is not escaped may have any character in it, even `@` or `/`.
 * Where it isn't clear whether a `?` belongs to the password, only the scheme is left.
 */
export function showUrl(url: string): string {
  const [scheme = ""] = /^[^:/@]+:\/\//.exec(url) ?? [];
  const rest = url.slice(scheme.length);
  if (/\?.*@/s.test(rest)) return `${scheme}…`;
  return scheme + rest.replace(/^.*@/s, "").replace(/\?.*$/s, "");
}

function reasonOf(error: Error): string {
  const { lastNodeError, errors } = error as Error & {
    lastNodeError?: Error;
    errors?: readonly Error[];
  };
  return lastNodeError?.message || error.message || errors?.[0]?.message || error.name;
}
