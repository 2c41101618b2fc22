import test from "ava";
import { compileWorkers } from "./compile-workers";
import { soak, soakBackends } from "./soak";

/** This is the number of all operations. `npm run soak` takes more. */
const operations = 60_000;

test("heap, handles and listeners stay as they are, on every backend", async (t) => {
  const workers = compileWorkers();
  t.teardown(() => workers.remove());
  for (const backend of soakBackends) {
    const share = Math.ceil(operations / soakBackends.length);
    t.deepEqual(
      await soak(backend, workers, { operations: share, seed: 1, maxHeapMegabytes: 64 }),
      [],
      backend,
    );
  }
});
