import test from "ava";
import type { Redis } from "ioredis";
import { RedisBackend } from "../../../runtime/backends/redis/redis-backend";
import { slotOf } from "../../../runtime/backends/redis/key-slot";
import { BackendError } from "../../../runtime/errors";
import { countCalls } from "../../support/counted-calls";
import { type RedisCluster, type RedisServer, startCluster, until } from "../../support/redis";
import { clusters } from "../../support/redis-clients";
import { keysIn, slotsOfMaster } from "../../support/slots";

/**
 * These tests show what a program's calls do while a Cluster has no node for some slots, or while
 * its nodes send clients to each other. Calls about other slots are hits as before.
 */

const perMaster = 3;
/**
 * These are ids whose keys (`f|id`) are at the first master, and an id whose key is at the second.
 */
const [atFirst, [atSecond]] = [0, 1].map((master) =>
  keysIn(slotsOfMaster(master), perMaster, "f|").map((key) => Number(key.slice(2))),
) as [number[], [number]];
const slots = atFirst.map((id) => slotOf(`f|${id}`));

type Step = (first: Redis, second: Redis) => Promise<unknown>;

/** Makes the first master refuse its slots, until `end` is called. */
const troubles: Record<string, { begin: Step; end: Step }> = {
  "nobody has the slots (CLUSTERDOWN)": {
    begin: (first) => first.cluster("DELSLOTS", ...slots),
    end: (first) => first.cluster("ADDSLOTS", ...slots),
  },
  "two nodes send clients to each other (MOVED)": {
    async begin(first, second) {
      // A node that has keys of a slot refuses to send clients elsewhere.
      await first.flushall();
      const id = await second.cluster("MYID");
      for (const slot of slots) await first.cluster("SETSLOT", slot, "NODE", id);
    },
    async end(first) {
      const id = await first.cluster("MYID");
      for (const slot of slots) await first.cluster("SETSLOT", slot, "NODE", id);
    },
  },
};

for (const library of clusters)
  for (const [what, { begin, end }] of Object.entries(troubles))
    test.serial(`${library.name}: ${what}`, async (t) => {
      t.timeout(60_000);
      const cluster: RedisCluster = await startCluster();
      t.teardown(() => cluster.stop());
      const [first, second] = cluster.nodes as [RedisServer, RedisServer];
      const [admin, other] = [first.client(), second.client()];
      const { client, destroy } = await library.connect(first.port);
      t.teardown(() => destroy());
      const backend = new RedisBackend(client);
      const options = { backend, deadline: "1s", breakerFailures: 1_000 };
      const { f, takeFaults, isHit } = countCalls(t, options);
      for (const id of [...atFirst, atSecond]) await until("it is stored", () => isHit(id));
      await begin(admin, other);
      takeFaults();
      for (const id of atFirst) {
        t.false(await isHit(id));
        const faults = takeFaults();
        t.true(faults.length > 0 && faults.length <= 2, faults.join("\n"));
        for (const fault of faults)
          t.regex(fault, /CLUSTERDOWN|MOVED|[Rr]edirection|did not answer within/);
      }
      t.true(await isHit(atSecond));
      await t.throwsAsync(f.invalidate(atFirst[0] as number), { instanceOf: BackendError });
      await f.invalidate(atSecond);
      t.false(await isHit(atSecond));
      await end(admin, other);
      for (const id of atFirst) await until("it is stored again", () => isHit(id));
      await f.invalidate(atFirst[0] as number);
      t.false(await isHit(atFirst[0] as number));
    });
