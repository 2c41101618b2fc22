import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cluster, type ClusterOptions, Redis, type RedisOptions } from "ioredis";

export interface RedisServer {
  readonly port: number;
  readonly process: ChildProcess;
  /** Returns a new client, which `stop` closes. */
  client(options?: RedisOptions): Redis;
  /** Ends the server and all clients. */
  stop(): Promise<void>;
  /** Suspends the server: it keeps its connections and answers nothing. */
  freeze(): void;
  thaw(): void;
  /** Kills the server without a graceful end. */
  kill(): Promise<void>;
}

export interface RedisCluster {
  /** The three masters come first, then the replicas of each, if there are any. */
  readonly nodes: readonly RedisServer[];
  /** Adds a master without slots. */
  add(): Promise<RedisServer>;
  client(options?: ClusterOptions): Cluster;
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** Further arguments of redis-server: `["--maxmemory", "10mb"]`. */
  readonly args?: readonly string[];
  /** @defaultValue a free one */
  readonly port?: number;
  /** The text of a configuration file, which the server may rewrite. A Sentinel needs one. */
  readonly config?: string;
}

export interface ClusterSettings {
  /** Adds a replica to each master, which takes its place when it fails. */
  readonly replicas?: boolean;
  /** A node that doesn't answer for this long is considered dead. @defaultValue 2000 */
  readonly nodeTimeoutMs?: number;
}

const host = "127.0.0.1";
const attempts = 5;

/**
 * Starts a real server on a free port, with nothing in it and nothing on disk. It never outlives
 * the process.
 */
export async function startRedis(options: ServerOptions = {}): Promise<RedisServer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(options.port ?? (await findFreePort()), options);
    } catch (error) {
      // Another process may have taken the port since it was found free.
      if (attempt === attempts || !String(error).includes("Address already in use")) throw error;
    }
  }
}

const masterCount = 3;

/** How long a Cluster's client waits for the list of slots. */
export const slotsRefreshTimeout = 5_000;

/** Starts three masters with a third of the slots each. */
export async function startCluster({
  replicas = false,
  nodeTimeoutMs = 2_000,
}: ClusterSettings = {}): Promise<RedisCluster> {
  const busPorts: number[] = [];
  const nodes: RedisServer[] = [];
  const added: RedisServer[] = [];
  const clients: Cluster[] = [];
  const stop = async (): Promise<void> => {
    for (const client of clients) client.disconnect();
    await Promise.all([...nodes, ...added].map((node) => node.stop()));
  };
  const startNode = async (): Promise<RedisServer> => {
    const busPort = await findFreePort();
    busPorts.push(busPort);
    return startRedis({ args: clusterArguments(busPort, nodeTimeoutMs) });
  };
  try {
    for (let i = 0; i < (replicas ? 2 : 1) * masterCount; i++) {
      nodes.push(await startNode());
    }
    await joinNodes(nodes, busPorts);
    if (replicas) await addReplicas(nodes);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    nodes,
    stop,
    async add() {
      const node = await startNode();
      added.push(node);
      await meet([...nodes, ...added], busPorts.at(-1) as number);
      return node;
    },
    client(options = {}) {
      const client = new Cluster(
        nodes.map(({ port }) => ({ host, port })),
        // By default ioredis gives up a node that has not listed its slots within a second, and
        // rejects what was sent: a busy machine may take longer.
        // The options of ioredis 6 are not assignable to its constructors' parameters under
        // exactOptionalPropertyTypes.
        { slotsRefreshTimeout, ...options } as { keyPrefix: string },
      );
      ignoreErrors(client);
      clients.push(client);
      return client;
    },
  };
}

/** Asks again until the answer is yes. It is used where only a real server can decide. */
export async function until(
  what: string,
  ask: () => Promise<boolean>,
  timeoutMs = 20_000,
): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await ask())) {
    if (Date.now() > end) throw new Error(`Still not so after ${timeoutMs} ms: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function startOnce(port: number, { args = [], config }: ServerOptions): Promise<RedisServer> {
  const directory = mkdtempSync(join(tmpdir(), "zcache-redis-"));
  const file = join(directory, "redis.conf");
  if (config !== undefined) writeFileSync(file, config);
  const server = spawn(
    "redis-server",
    [
      ...(config === undefined ? [] : [file]),
      "--port",
      String(port),
      "--bind",
      host,
      "--dir",
      directory,
      "--save",
      "",
      "--appendonly",
      "no",
      ...args,
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let output = "";
  for (const stream of [server.stdout, server.stderr])
    stream.on("data", (chunk) => (output += String(chunk)));
  const ended = new Promise<Error>((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      resolve(error.code === "ENOENT" ? createMissing() : error),
    );
    server.once("exit", () => resolve(new Error(`redis-server ended:\n${output}`)));
  });
  const watchdog = watch(server, directory);
  const clients: Redis[] = [];

  const kill = async (): Promise<void> => {
    // It was unreferenced at the start; now its end is awaited.
    server.ref();
    server.kill("SIGKILL");
    await ended;
  };
  const stop = async (): Promise<void> => {
    for (const client of clients) client.disconnect();
    await kill();
    watchdog?.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  };
  const client = (options: RedisOptions = {}): Redis => {
    const made = new Redis({ host, port, ...options } as { host: string; port: number });
    ignoreErrors(made);
    clients.push(made);
    return made;
  };

  const first = client({ retryStrategy: () => 10, maxRetriesPerRequest: null });
  const failure = await Promise.race([
    ended,
    first.ping().then(
      () => null,
      (error: Error) => error,
    ),
  ]);
  first.disconnect();
  if (failure) {
    await stop();
    throw failure;
  }
  return {
    port,
    process: server,
    client,
    stop,
    kill,
    freeze: () => void server.kill("SIGSTOP"),
    thaw: () => void server.kill("SIGCONT"),
  };
}

/**
 * Ends the server when this process is gone, in whatever way it ends: then the shell's
 * input ends too, which nothing else has open. The shell keeps no process alive itself.
 */
function watch(server: ChildProcess, directory: string): ChildProcess | null {
  if (server.pid === undefined) return null;
  const watchdog = spawn(
    "sh",
    ["-c", 'read _; kill -9 "$1"; rm -rf "$2"', "sh", String(server.pid), directory],
    {
      stdio: ["pipe", "ignore", "ignore"],
      // Ctrl-C at the terminal is meant for the tests, and must not reach the server before them.
      detached: true,
    },
  );
  for (const child of [server, watchdog]) {
    child.unref();
    for (const stream of [child.stdin, child.stdout, child.stderr])
      (stream as unknown as { unref?(): void })?.unref?.();
  }
  return watchdog;
}

function createMissing(): Error {
  return new Error("redis-server is not installed: on Debian, apt-get install redis-server.");
}

/**
 * Ignores errors, because connections fail on purpose here, and without a listener ioredis prints
 * each failure.
 */
function ignoreErrors(client: Redis | Cluster): void {
  client.on("error", () => {});
}

function clusterArguments(busPort: number, nodeTimeoutMs: number): string[] {
  return [
    ...["--cluster-enabled", "yes", "--cluster-port", String(busPort)],
    ...["--cluster-announce-ip", host, "--cluster-node-timeout", String(nodeTimeoutMs)],
    // Without these a replica may not be up to date in time, and no failover happens.
    ...["--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1"],
  ];
}

async function joinNodes(
  nodes: readonly RedisServer[],
  busPorts: readonly number[],
): Promise<void> {
  const clients = nodes.map((node) => node.client());
  const [first] = nodes as [RedisServer];
  const slots = 16_384;
  await Promise.all(
    clients.map(async (client, i) => {
      const [from, to] = [i, i + 1].map((third) => Math.floor((slots * third) / masterCount)) as [
        number,
        number,
      ];
      // The epochs differ from the start, because resolving a collision takes the nodes a while.
      await client.cluster("SET-CONFIG-EPOCH", i + 1);
      if (i < masterCount) await client.cluster("ADDSLOTSRANGE", from, to - 1);
    }),
  );
  // A node that another one has met refuses to set its epoch.
  for (const client of clients.slice(1))
    await client.call("CLUSTER", "MEET", host, first.port, busPorts[0] as number);
  for (const client of clients) {
    await until("cluster_state:ok on every node", async () => {
      const info = await client.cluster("INFO");
      return (
        info.includes("cluster_state:ok") && info.includes(`cluster_known_nodes:${nodes.length}`)
      );
    });
    client.disconnect();
  }
}

/** Makes the last of the nodes known to all others. */
async function meet(all: readonly RedisServer[], busPort: number): Promise<void> {
  const clients = all.map((one) => one.client());
  await clients[0]?.call("CLUSTER", "MEET", host, (all.at(-1) as RedisServer).port, busPort);
  for (const client of clients) {
    await until("every node knows all others", async () => {
      const info = await client.cluster("INFO");
      const nodes = String(await client.cluster("NODES"));
      return (
        info.includes("cluster_state:ok") &&
        info.includes(`cluster_known_nodes:${all.length}`) &&
        !nodes.includes("handshake")
      );
    });
    client.disconnect();
  }
}

async function addReplicas(nodes: readonly RedisServer[]): Promise<void> {
  const masters = nodes.slice(0, masterCount);
  await Promise.all(
    masters.map(async (master, i) => {
      const [source, replica] = [master.client(), (nodes[masterCount + i] as RedisServer).client()];
      const id = await source.cluster("MYID");
      // It may not know that node yet, though the cluster is complete for others.
      await until(
        "the replica follows",
        async () => (await replica.cluster("REPLICATE", id).catch(() => "")) === "OK",
      );
      await until("the replica is up to date", async () =>
        (await source.info("replication")).includes("state=online"),
      );
      for (const client of [source, replica]) client.disconnect();
    }),
  );
  // Until the others know that it is a replica, they would not let it take its master's place.
  await Promise.all(
    nodes.map(async (node) => {
      const client = node.client();
      await until(
        "every node knows the replicas",
        async () =>
          (String(await client.cluster("NODES")).match(/ (?:myself,)?slave /g) ?? []).length ===
          masters.length,
      );
      client.disconnect();
    }),
  );
}

export async function findFreePort(): Promise<number> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
