import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import test from "ava";
import { type RedisServer, startRedis } from "../../support/redis";

interface Outcome {
  readonly name: string;
  /** The results of calls that weren't their loader's values. */
  readonly wrong: readonly string[];
  /** The uncaught exceptions and unhandled rejections. */
  readonly escaped: readonly string[];
}

let server: RedisServer;
test.before(async () => void (server = await startRedis()));
test.after.always(() => server?.stop());

/**
 * Each part has a least number of rows, because a program that ends early must not look like one
 * that finds nothing wrong.
 */
const parts = { backends: 90, clients: 60, clocks: 25, users: 100 };

for (const [part, least] of Object.entries(parts))
  test(`${part} that throw or reject wherever they can: calls return the loader's value, and nothing reaches the process`, async (t) => {
    t.timeout(290_000);
    const program = join(__dirname, "own-ticks/program.ts");
    const argv = [
      "-r",
      join(__dirname, "../../support/ts-node.cjs"),
      program,
      String(server.port),
      part,
    ];
    const { stdout } = await promisify(execFile)(process.execPath, argv, { maxBuffer: 2 ** 26 });
    const outcomes = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Outcome);
    t.true(outcomes.length >= least, `${outcomes.length} rows`);
    t.deepEqual(
      outcomes.filter(({ wrong, escaped }) => wrong.length > 0 || escaped.length > 0),
      [],
    );
  });
