import { type ChildProcess, fork } from "node:child_process";
import pg from "pg";
import { startPostgres } from "../support/postgres";
import { startRedis } from "../support/redis";
import type { CompiledWorkers } from "./compile-workers";
import type { CrashConfig, CrashMutation, FromWriter } from "./crash-protocol";
import { monotonicMs } from "./monotonic";
import { Random } from "./random";

export interface CrashOptions {
  readonly seed: number;
  readonly seconds: number;
  readonly mutation: CrashMutation | null;
  /** The number of rows. There are few, so that transactions meet. @defaultValue 3 */
  readonly cells?: number;
}

export interface CrashOutcome {
  readonly reads: number;
  readonly commits: number;
  /** The number of processes that were killed between a commit and its invalidation. */
  readonly kills: number;
  /**
   * Reads that returned less than was acknowledged before they began, or less than was committed by
   * a process that has been dead for longer than its hold.
   */
  readonly stale: number;
  /**
   * Reads that returned less than was committed before they began. If writers take holds, there are
   * no such reads either.
   */
  readonly behindCommit: number;
  readonly troubles: readonly string[];
}

const leaseMs = 300;
const slackMs = 200;
const killShare = 0.12;

interface Server {
  readonly redisPort: number;
  readonly connectionString: string;
  stop(): Promise<void>;
}

/** Starts a Redis and a PostgreSQL, each in a process of its own. */
export async function startCrashServers(): Promise<Server> {
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
  return {
    redisPort: redis.port,
    connectionString: postgres.connectionString,
    async stop() {
      await Promise.all([redis.stop(), postgres.stop()]);
    },
  };
}

/**
 * Lets processes change rows in transactions and read them through a cached function. Some are
 * killed after their COMMIT was answered, before they invalidate. The coordinator knows all
 * commits, and judges each read by them.
 */
export async function runCrashes(
  server: Server,
  workers: CompiledWorkers,
  { seed, seconds, mutation, cells = 3 }: CrashOptions,
): Promise<CrashOutcome> {
  const { redisPort, connectionString } = server;
  await createRows(server, cells);
  const random = new Random(seed);
  const script = workers.main.replace(/main\.js$/, "writer.js");
  const floors = new Floors();
  const strict = new Floors();
  const children = new Set<ChildProcess>();
  const troubles: string[] = [];
  let isOver = false;
  const tally = { reads: 0, commits: 0, kills: 0, stale: 0, behindCommit: 0 };

  const launch = (writes: boolean): void => {
    if (isOver) return;
    const child = fork(script, [], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    children.add(child);
    child.on("message", (message: FromWriter) => hear(child, message));
    child.once("exit", () => {
      children.delete(child);
      if (!isOver && child.signalCode !== "SIGKILL") troubles.push("a process ended by itself");
      launch(writes);
    });
    const config: CrashConfig = {
      ...{
        seed: random.below(2 ** 31),
        redisPort,
        connectionString,
        leaseMs,
        cells,
        mutation,
        writes,
      },
      callers: writes ? 2 : 4,
    };
    child.send({ type: "start", config });
  };
  const hear = (child: ChildProcess, message: FromWriter): void => {
    if (message.type === "trouble") return void troubles.push(message.text);
    const { id, n } = message;
    const now = monotonicMs();
    if (message.type === "read") {
      tally.reads++;
      if (n < floors.at(id, message.beganAt)) tally.stale++;
      if (n < strict.at(id, message.beganAt)) tally.behindCommit++;
    } else if (message.type === "acknowledged") floors.add(id, n, now);
    else {
      tally.commits++;
      strict.add(id, n, now);
      if (!child.connected || child.killed) return;
      if (!random.chance(killShare)) return void child.send({ type: "go on" });
      tally.kills++;
      floors.add(id, n, now + leaseMs + slackMs);
      child.kill("SIGKILL");
    }
  };
  for (let i = 0; i < 6; i++) launch(true);
  for (let i = 0; i < 2; i++) launch(false);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  isOver = true;
  const gone = [...children].map((child) => new Promise((resolve) => child.once("exit", resolve)));
  for (const child of children) child.kill("SIGKILL");
  await Promise.all(gone);
  return { ...tally, troubles };
}

async function createRows({ connectionString }: Server, cells: number): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query("DROP TABLE IF EXISTS cells");
  await client.query(
    `CREATE TABLE cells AS SELECT i AS id, 0 AS n FROM generate_series(0, ${cells - 1}) i`,
  );
  await client.end();
}

/** The lowest value that a read of a cell may return, and the time from which this holds. */
class Floors {
  readonly #added = new Map<number, { readonly n: number; readonly at: number }[]>();

  add(id: number, n: number, at: number): void {
    this.#added.set(id, [...(this.#added.get(id) ?? []).slice(-200), { n, at }]);
  }

  at(id: number, time: number): number {
    return (this.#added.get(id) ?? []).reduce(
      (floor, { n, at }) => (at < time && n > floor ? n : floor),
      0,
    );
  }
}
