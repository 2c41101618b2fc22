import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type AddressInfo } from "node:net";

const root = join(__dirname, "../../../..");
const example = join(root, "examples/bookshop");

/**
 * It is the bookshop of the examples, compiled in a folder of its own with a lock file, and the
 * processes of it that a test starts.
 */
export interface Bookshop {
  /**
   * Starts a process that caches in the Redis and reports to Studio. With a port, that process
   * serves Studio.
   */
  start(options: { readonly redisUrl: string; readonly studioPort?: number }): Promise<ShopProcess>;
  /** Ends all processes, and removes the folder. */
  remove(): Promise<void>;
}

export interface ShopProcess {
  get(path: string): Promise<unknown>;
  post(path: string, body: object): Promise<unknown>;
  stop(): Promise<void>;
}

export function buildBookshop(): Bookshop {
  const folder = mkdtempSync(join(tmpdir(), "zcache-bookshop-"));
  for (const name of ["src", "package.json", "tsconfig.json"])
    cpSync(join(example, name), join(folder, name), { recursive: true });
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/zcache"));
  for (const name of ["ioredis", "typescript", "@types"]) {
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
  }
  const run = (...args: string[]): unknown =>
    execFileSync(process.execPath, args, { cwd: folder, stdio: "pipe" });
  run(join(root, "node_modules/ts-patch/bin/tspc.js"), "-p", folder);
  run(join(root, "dist/transformer/command-line/main.js"), "lock");
  run(join(folder, "dist/generate-data.js"));
  if (!existsSync(join(folder, "zcache.lock.json")))
    throw new Error("The bookshop has no lock file.");
  const running = new Set<ShopProcess>();
  return {
    async start(options) {
      const shop = await startProcess(folder, options);
      running.add(shop);
      return shop;
    },
    async remove() {
      for (const shop of running) await shop.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startProcess(
  folder: string,
  options: { redisUrl: string; studioPort?: number },
): Promise<ShopProcess> {
  const { redisUrl, studioPort } = options;
  const child = spawn(process.execPath, [join(folder, "dist/main.js")], {
    cwd: folder,
    env: {
      ...process.env,
      PORT: "0",
      REDIS_URL: redisUrl,
      ZCACHE_STUDIO: "1",
      STUDIO_PORT: String(studioPort ?? ""),
    },
    // It ends when this process does, because its channel closes.
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let said = "";
  child.stderr?.on("data", (chunk) => (said += String(chunk)));
  const exited = once(child, "exit");
  const url = await readUrl(child);
  if (url === null) throw new Error(`The bookshop ended before it listened:\n${said}`);
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(url + path, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    });
    return response.json();
  };
  return {
    get: (path) => ask("GET", path),
    post: (path, body) => ask("POST", path, body),
    async stop() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

async function readUrl(child: ChildProcess): Promise<string | null> {
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const url = /http:\S+/.exec(line)?.[0];
    if (!url) continue;
    child.stdout?.resume();
    return url;
  }
  return null;
}

export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
