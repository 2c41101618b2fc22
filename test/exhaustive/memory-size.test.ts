import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import test from "ava";

/** The docs say this limit. */
const most = 1.25;

test("a full memory backend takes at most a quarter more of the heap than maxBytes, whatever is kept in it", async (t) => {
  t.timeout(300_000);
  const args = [
    "--expose-gc",
    "-r",
    join(__dirname, "../support/ts-node.cjs"),
    join(__dirname, "../support/fill-memory.ts"),
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const parts = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { name: string; part: number });
  t.true(parts.length > 30);
  for (const { name, part } of parts) {
    t.log(`${name}: ${part.toFixed(2)}`);
    t.true(part <= most && part > 0.3, `${name}: ${part}`);
  }
});
