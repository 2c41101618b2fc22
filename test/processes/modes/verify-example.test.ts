import { spawnSync } from "node:child_process";
import { join } from "node:path";
import test from "ava";

test("each mistake in examples/verify is named correctly, by one of the first five verified hits", (t) => {
  const script = join(__dirname, "../../../scripts/demo-verify.mjs");
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: "utf8" });
  t.is(status, 0, stdout + stderr);
  const verdicts = Array.from(
    stdout.matchAll(/^✓ verify\.mistakes\.(\w+): ([\w-]+), by sample [1-5]$/gm),
    ([, name, verdict]) => [name, verdict],
  );
  t.deepEqual(verdicts, [
    ["book", "no-invalidation"],
    ["price", "incomplete-key"],
    ["report", "nondeterministic"],
    ["titleFromReplica", "lagging-source"],
  ]);
  t.regex(stdout, /The program invalidates it in src\/mistakes\.ts updateTitle\./);
});
