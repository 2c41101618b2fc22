/**
 * A client process with a transactional database. It reads rows through a cached function, and
 * changes them.
 */
import { Redis } from "ioredis";
import pg from "pg";
import type { Backend } from "../../../runtime/backends/backend";
import {
  configure,
  hold,
  invalidateTag,
  RedisBackend,
  transactional,
} from "../../../runtime/index";
import type { CrashConfig, FromWriter, ToWriter } from "../crash-protocol";
import { monotonicMs } from "../monotonic";
import { Random } from "../random";

let pool: pg.Pool;
let random: Random;

const tell = (message: FromWriter): unknown => process.send?.(message);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

// @zcache key: "row:{id}", ttl: 5m, tags: ["row:{id}"]
async function row(id: number): Promise<number> {
  const { rows } = await pool.query<{ n: number }>("SELECT n FROM cells WHERE id = $1", [id]);
  await pause(random.between([0, 6]));
  return (rows[0] as { n: number }).n;
}

async function read({ cells }: CrashConfig): Promise<void> {
  for (;;) {
    const id = random.below(cells);
    const beganAt = monotonicMs();
    tell({ type: "read", id, beganAt, n: await row(id) });
    await pause(random.between([0, 4]));
  }
}

/** The coordinator records the commit and answers, or it ends this process instead of answering. */
const goOn: (() => void)[] = [];
function reportCommit(id: number, n: number): Promise<void> {
  tell({ type: "committed", id, n });
  return new Promise((resolve) => goOn.push(resolve));
}

async function write({ cells, mutation }: CrashConfig): Promise<void> {
  for (;;) {
    const id = random.below(cells);
    const tag = `row:${id}`;
    const client = await pool.connect();
    const isLate = mutation === "released before the commit";
    let n = 0;
    const commit = async (): Promise<void> => {
      await client.query("COMMIT");
      await reportCommit(id, n);
    };
    const change = async (): Promise<void> => {
      if (mutation !== "no hold" && mutation !== "invalidated before the commit")
        await hold({ tags: [tag] });
      await client.query("BEGIN");
      const changed = await client.query<{ n: number }>(
        "UPDATE cells SET n = n + 1 WHERE id = $1 RETURNING n",
        [id],
      );
      n = (changed.rows[0] as { n: number }).n;
      await invalidateTag(tag);
      await pause(random.between([0, 10]));
      if (!isLate) await commit();
    };
    if (mutation === "invalidated before the commit") await change();
    else await transactional(change);
    if (isLate) {
      await pause(random.between([0, 10]));
      await commit();
    }
    client.release();
    tell({ type: "acknowledged", id, n });
    await pause(random.between([10, 60]));
  }
}

/** All holders have the same token. */
function countNoHolds(backend: RedisBackend): Backend {
  const token = "one hold";
  const same = <Request extends object>(requests: readonly Request[]) =>
    requests.map((one) => ({ ...one, token }));
  const { holdKeys, endHolds } = backend;
  backend.holdKeys = (requests) => holdKeys.call(backend, same(requests));
  backend.endHolds = (requests) => endHolds.call(backend, same(requests));
  return backend;
}

process.on("message", (message: ToWriter) => {
  if (message.type === "go on") {
    goOn.shift()?.();
    return;
  }
  const { config } = message;
  random = new Random(config.seed);
  pool = new pg.Pool({ connectionString: config.connectionString, max: 8 });
  const backend = new RedisBackend(new Redis(config.redisPort, "127.0.0.1"));
  configure({
    backend: config.mutation === "holds not counted" ? countNoHolds(backend) : backend,
    lease: `${config.leaseMs}ms`,
    // The delays of a busy machine are not what this test looks for.
    deadline: "5s",
  });
  const work = config.writes ? write : read;
  for (let i = 0; i < config.callers; i++) {
    work(config).catch((error: unknown) =>
      tell({ type: "trouble", text: String((error as Error).stack) }),
    );
  }
});
process.on("disconnect", () => process.exit(0));
