import test from "ava";
import { runFuzz } from "./run-fuzz";

test("any bytes in Redis, in memory, in a lock file or in a source lead to a miss and an event, or to a value of the codec's own kinds", async (t) => {
  const { tallies, failures } = await runFuzz({ seed: 13, from: 0, cases: 4_000 });
  t.deepEqual(failures, []);
  for (const form of ["json", "yaml", "structured"]) {
    const tally = tallies.get(`decode, ${form}`);
    // Some of the bytes are refused, and some are accepted.
    t.true((tally?.values ?? 0) > 50 && (tally?.cases ?? 0) - (tally?.values ?? 0) > 50, form);
  }
  for (const store of ["memory", "redis"])
    t.true([...tallies.keys()].filter((name) => name.startsWith(`${store}, `)).length >= 10, store);
  const commands = [...tallies].filter(([name]) => name.startsWith("zcache "));
  t.is(
    commands.reduce((sum, [, { cases }]) => sum + cases, 0),
    20,
  );
});
