import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A PostgreSQL server of the test's own. */
export interface PostgresServer {
  readonly connectionString: string;
  stop(): Promise<void>;
}

const root = "/usr/lib/postgresql";

/**
 * Starts Debian's PostgreSQL in a temporary folder, as a user that is not root, which it demands.
 */
export async function startPostgres(): Promise<PostgresServer> {
  const version = existsSync(root) ? readdirSync(root).sort().at(-1) : undefined;
  if (version === undefined) throw new Error("There is no PostgreSQL: apt-get install postgresql");
  const bin = join(root, version, "bin");
  const folder = mkdtempSync(join(tmpdir(), "zcache-postgres-"));
  chmodSync(folder, 0o777);
  const data = join(folder, "data");
  const user = process.getuid?.() === 0 ? ["-u", "postgres", "--"] : null;
  const command = (program: string, args: string[]): [string, string[]] =>
    user ? ["runuser", [...user, join(bin, program), ...args]] : [join(bin, program), args];
  const made = spawnSync(
    ...command("initdb", ["-D", data, "-U", "postgres", "--auth=trust", "--no-sync"]),
  );
  if (made.status !== 0) throw new Error(String(made.stderr));
  const port = await freePort();
  const args = ["-D", data, "-p", String(port), "-k", folder, "-c", "fsync=off", "-h", "127.0.0.1"];
  const server = spawn(...command("postgres", args), { stdio: ["ignore", "ignore", "pipe"] });
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    let text = "";
    server.stderr.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes("ready to accept connections")) resolve();
    });
    server.once("exit", () => reject(new Error(text)));
  });
  return {
    connectionString: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async stop() {
      spawnSync(...command("pg_ctl", ["-D", data, "stop", "-m", "immediate"]));
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
