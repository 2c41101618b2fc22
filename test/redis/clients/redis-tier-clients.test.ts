import test from "ava";
import { MemoryBackend } from "../../../runtime/backends/memory-backend";
import { RedisBackend } from "../../../runtime/backends/redis/redis-backend";
import { TieredBackend } from "../../../runtime/backends/tiered/tiered-backend";
import { cacheNamed, configure } from "../../../runtime/cache/configure";
import { wrap } from "../../../runtime/calls/cached-function";
import type { Plan } from "../../../runtime/plan";
import { libraries } from "../../support/redis-clients";
import { countCalls } from "../../support/counted-calls";
import { type RedisServer, startRedis, until } from "../../support/redis";

let server: RedisServer | undefined;

test.before(async () => void (server = await startRedis()));
test.after.always(async () => server?.stop());

for (const [i, library] of libraries.entries()) {
  test.serial(
    `${library.name}: a tier serves from memory, and is notified when another process invalidates`,
    async (t) => {
      const { port, client: other } = server as RedisServer;
      const outside = other();
      const { client, destroy } = await library.connect(port);
      const backend = new TieredBackend(new MemoryBackend(), new RedisBackend(client));
      const name = `tier of client ${i}`;
      configure(name, { backend, memory: "1m", deadline: "10s" });
      t.teardown(async () => {
        await backend.close();
        destroy();
        outside.disconnect();
      });
      let loads = 0;
      const plan: Plan = {
        name: `tier${i}.f`,
        key: { arguments: 1 },
        ttlMs: 60_000,
        memoryMs: 60_000,
        cache: name,
      };
      const f = wrap(
        () => plan,
        async () => ++loads,
        "f",
      ) as unknown as (id: number) => Promise<number>;
      // Memory answers nothing before the connection for invalidations is live.
      await until("the tier is live", async () => (await f(0), backend.state === "live"));
      const key = `tier${i}.f|5`;
      const first = await f(5);
      await cacheNamed(name).idle();
      await f(5);
      await outside.config("RESETSTAT");
      for (let n = 0; n < 100; n++) t.is(await f(5), first);
      const stats = await outside.info("commandstats");
      const gets = Number(/cmdstat_get:calls=(\d+)/.exec(stats)?.[1] ?? 0);
      // The tier itself checks now and then whether its stream is alive.
      t.true(gets < 20, `${gets} reads of Redis for 100 hits`);
      t.is(await outside.del(key), 1);
      // The report of the deletion is under way, and so the test reads until it has arrived.
      let now = first;
      await until("the value is loaded again", async () => (now = await f(5)) > first);
      t.is(await f(5), now);
    },
  );
}

for (const library of libraries)
  test.serial(
    `${library.name}: a server that doesn't know CLIENT gets no tier, is told of once, and calls are hits of Redis`,
    async (t) => {
      const own = await startRedis({ args: ["--rename-command", "CLIENT", ""] });
      t.teardown(() => own.stop());
      const { client, destroy } = await library.connect(own.port);
      t.teardown(() => destroy());
      const states: string[] = [];
      const backend = new TieredBackend(new MemoryBackend(), new RedisBackend(client), {
        onStateChange: (state, cause) => states.push(`${state}: ${cause?.message ?? ""}`),
      });
      t.teardown(() => backend.close());
      const options = { backend, memory: "1m", deadline: "10s" };
      const { f, isHit, takeFaults } = countCalls(t, options, { memoryMs: 60_000 });
      await until("the tier has been refused", async () => states.length > 0);
      t.is(states.length, 1);
      t.regex(states[0] ?? "", /^bypassed: .*unknown command/i);
      t.false(await isHit(1));
      t.true(await isHit(1));
      await f.invalidate(1);
      t.false(await isHit(1));
      t.deepEqual(takeFaults(), []);
    },
  );
