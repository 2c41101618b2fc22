/**
 * Starts a real redis-server on a free port, empty and without files on disk. As a command, `node
 * scripts/redis-server.mjs npm run demo` runs another command with REDIS_URL set to such a server.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

/**
 * Starts a server. It ends with `stop`, and at the latest when this process ends.
 * @param program a path, or what is found in PATH
 * @param more further options of the server
 */
export async function startRedis(program = "redis-server", more = {}) {
  const port = await findFreePort();
  const directory = mkdtempSync(join(tmpdir(), "zcache-redis-"));
  const options = { port, bind: "127.0.0.1", dir: directory, save: "", appendonly: "no", ...more };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  const server = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  const end = () => {
    server.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  };
  process.once("exit", end);
  await isReady(server);
  const stop = () => {
    process.removeListener("exit", end);
    end();
  };
  return { port, url: `redis://127.0.0.1:${port}`, stop };
}

/** Starts a Cluster of three masters without replicas. */
export async function startCluster() {
  const nodes = [];
  for (let i = 0; i < 3; i++)
    nodes.push(
      await startRedis("redis-server", {
        "cluster-enabled": "yes",
        "cluster-port": await findFreePort(),
      }),
    );
  const ports = nodes.map(({ port }) => port);
  execFileSync("redis-cli", [
    ...["--cluster", "create", ...ports.map((port) => `127.0.0.1:${port}`)],
    "--cluster-yes",
  ]);
  return { ports, stop: () => nodes.forEach(({ stop }) => stop()) };
}

async function isReady(server) {
  const failed = once(server, "error").then(([error]) => {
    const isMissing = error.code === "ENOENT";
    throw isMissing
      ? new Error("redis-server is not installed: on Debian, apt-get install redis-server.")
      : error;
  });
  const ready = (async () => {
    const lines = [];
    for await (const line of createInterface({ input: server.stdout })) {
      lines.push(line);
      if (!line.includes("Ready to accept connections")) continue;
      server.stdout.resume();
      return;
    }
    throw new Error(`redis-server ended:\n${lines.join("\n")}`);
  })();
  await Promise.race([failed, ready]);
}

async function findFreePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

async function runWithRedis([command, ...args]) {
  const redis = await startRedis();
  try {
    const child = spawn(command, args, {
      stdio: "inherit",
      env: { ...process.env, REDIS_URL: redis.url },
    });
    const [code] = await once(child, "close");
    return code ?? 1;
  } finally {
    redis.stop();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
  process.exitCode = await runWithRedis(process.argv.slice(2));
}
