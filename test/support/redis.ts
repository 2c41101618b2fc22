import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cluster, type ClusterOptions, Redis, type RedisOptions } from "ioredis";

export interface RedisServer {
  readonly port: number;
  readonly process: ChildProcess;
  /** A new client, closed by `stop`. */
  client(options?: RedisOptions): Redis;
  /** Ends the server and all clients. */
  stop(): Promise<void>;
  /** It keeps its connections and answers nothing. */
  freeze(): void;
  thaw(): void;
  /** It is gone without a word. */
  kill(): Promise<void>;
}

export interface RedisCluster {
  readonly nodes: readonly RedisServer[];
  client(options?: ClusterOptions): Cluster;
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** Further arguments of redis-server: `["--maxmemory", "10mb"]`. */
  readonly args?: readonly string[];
  /** @defaultValue a free one */
  readonly port?: number;
}

const host = "127.0.0.1";
const attempts = 5;

/** A real server on a free port, with nothing in it and nothing on disk. It never outlives the process. */
export async function startRedis(options: ServerOptions = {}): Promise<RedisServer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(options.port ?? (await findFreePort()), options.args ?? []);
    } catch (error) {
      // Another process may have taken the port since it was found free.
      if (attempt === attempts || !String(error).includes("Address already in use")) throw error;
    }
  }
}

/** Three masters with a third of the slots each. */
export async function startCluster(): Promise<RedisCluster> {
  const busPorts: number[] = [];
  const nodes: RedisServer[] = [];
  const clients: Cluster[] = [];
  const stop = async (): Promise<void> => {
    for (const client of clients) client.disconnect();
    await Promise.all(nodes.map((node) => node.stop()));
  };
  try {
    for (let i = 0; i < 3; i++) {
      const busPort = await findFreePort();
      busPorts.push(busPort);
      nodes.push(await startRedis({ args: clusterArguments(busPort) }));
    }
    await joinNodes(nodes, busPorts);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    nodes,
    stop,
    client(options = {}) {
      const client = new Cluster(
        nodes.map(({ port }) => ({ host, port })),
        // The options of ioredis 6 are no argument for its constructors under exactOptionalPropertyTypes.
        options as { keyPrefix: string },
      );
      ignoreErrors(client);
      clients.push(client);
      return client;
    },
  };
}

/** Asks again until the answer is yes; for what only a real server can decide. */
export async function until(what: string, ask: () => Promise<boolean>, timeoutMs = 20_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await ask())) {
    if (Date.now() > end) throw new Error(`Still not so after ${timeoutMs} ms: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function startOnce(port: number, args: readonly string[]): Promise<RedisServer> {
  const directory = mkdtempSync(join(tmpdir(), "zcache-redis-"));
  const server = spawn(
    "redis-server",
    ["--port", String(port), "--bind", host, "--dir", directory, "--save", "", "--appendonly", "no", ...args],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let output = "";
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
  const ended = new Promise<Error>((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "ENOENT" ? createMissing() : error));
    server.once("exit", () => resolve(new Error(`redis-server ended:\n${output}`)));
  });
  const watchdog = watch(server, directory);
  const clients: Redis[] = [];

  const kill = async (): Promise<void> => {
    // It was let go of at the start; now its end is waited for.
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
 * Ends the server when this process is gone, in whatever way: the shell's input, which
 * nobody else has open, then ends. It keeps nothing alive itself.
 */
function watch(server: ChildProcess, directory: string): ChildProcess | null {
  if (server.pid === undefined) return null;
  const watchdog = spawn("sh", ["-c", 'read _; kill -9 "$1"; rm -rf "$2"', "sh", String(server.pid), directory], {
    stdio: ["pipe", "ignore", "ignore"],
    // Ctrl-C at the terminal is meant for the tests, and must not reach it before them.
    detached: true,
  });
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

/** Connections fail on purpose here; without a listener ioredis prints each failure. */
function ignoreErrors(client: Redis | Cluster): void {
  client.on("error", () => {});
}

function clusterArguments(busPort: number): string[] {
  return [
    ...["--cluster-enabled", "yes", "--cluster-port", String(busPort)],
    ...["--cluster-announce-ip", host, "--cluster-node-timeout", "2000"],
  ];
}

async function joinNodes(nodes: readonly RedisServer[], busPorts: readonly number[]): Promise<void> {
  const clients = nodes.map((node) => node.client());
  const [first] = nodes as [RedisServer];
  const slots = 16_384;
  await Promise.all(
    clients.map(async (client, i) => {
      const [from, to] = [i, i + 1].map((third) => Math.floor((slots * third) / nodes.length)) as [number, number];
      // Different epochs from the start: resolving a collision takes the nodes a while.
      await client.cluster("SET-CONFIG-EPOCH", i + 1);
      await client.cluster("ADDSLOTSRANGE", from, to - 1);
      if (i > 0) await client.call("CLUSTER", "MEET", host, first.port, busPorts[0] as number);
    }),
  );
  for (const client of clients) {
    await until("cluster_state:ok on every node", async () => {
      const info = await client.cluster("INFO");
      return info.includes("cluster_state:ok") && info.includes(`cluster_known_nodes:${nodes.length}`);
    });
    client.disconnect();
  }
}

async function findFreePort(): Promise<number> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
