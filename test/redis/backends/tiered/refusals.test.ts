import test from "ava";
import type { Redis } from "ioredis";
import { MemoryBackend } from "../../../../runtime/backends/memory-backend";
import { RedisBackend } from "../../../../runtime/backends/redis/redis-backend";
import { type RedisClient } from "../../../../runtime/backends/redis/redis-client";
import { TieredBackend } from "../../../../runtime/backends/tiered/tiered-backend";
import { ConfigError } from "../../../../runtime/errors";
import { FakeClock } from "../../../../runtime/testing/fake-clock";
import { startRedis, until } from "../../../../test/support/redis";
import { createTier, fill, live, minute, useRedis } from "./tier";

const { redis } = useRedis();

for (const [what, rules, cause] of [
  ["CLIENT", ["-client"], /NOPERM.*client/i],
  ["SUBSCRIBE", ["-subscribe"], /NOPERM.*subscribe/i],
  ["the channel", ["resetchannels"], /NOPERM.*channel/i],
  ["the canary", ["-set"], /NOPERM.*set/i],
] as const) {
  test.serial(
    `a user without permission for ${what} gets a plain RedisBackend, and is told once`,
    async (t) => {
      const own = await startRedis();
      t.teardown(own.stop);
      const admin = own.client();
      await admin.call(
        "ACL",
        "SETUSER",
        "app",
        "on",
        ">pw",
        "~app:*",
        "&*",
        "+@all",
        "-@dangerous",
        "+client",
        "+info",
        ...rules,
      );
      const client = own.client({ username: "app", password: "pw", keyPrefix: "app:" });
      const clock = new FakeClock();
      const tier = createTier(client, { clock });
      t.teardown(() => tier.backend.close());
      await until("it is refused", async () => tier.causes.length > 0);
      await admin.set("app:a", "1");
      for (let i = 0; i < 2; i++) t.deepEqual(await tier.read(["a"], minute), [Buffer.from("1")]);
      t.is(tier.takeReads(), 2);
      const refused = await countRefusals(admin);
      // The tier asks again after half a minute.
      await clock.advance(30_000);
      await until("it is refused again", async () => (await countRefusals(admin)) > refused);
      t.is(tier.causes.length, 1);
      t.regex(tier.causes[0] ?? "", cause);
    },
  );
}

test.serial(
  "a user limited to the prefix gets the tier, with the rights in docs/tiers.md",
  async (t) => {
    const own = await startRedis();
    t.teardown(own.stop);
    const admin = own.client();
    const permitted =
      "+get +mget +pttl +set +del +evalsha +eval +client|id +client|tracking +subscribe".split(" ");
    await admin.call(
      "ACL",
      "SETUSER",
      "app",
      "on",
      ">pw",
      "~app:*",
      "resetchannels",
      "&__redis__:invalidate",
      ...permitted,
    );
    const client = own.client({
      username: "app",
      password: "pw",
      keyPrefix: "app:",
      enableReadyCheck: false,
    });
    const tier = createTier(client);
    t.teardown(() => tier.backend.close());
    await live(tier);
    await admin.set("app:a", "1");
    await fill(tier, "a");
    t.deepEqual(tier.states, ["live"]);
  },
);

test.serial("without a listener a refusal becomes one process warning", async (t) => {
  const own = await startRedis();
  t.teardown(own.stop);
  await own.client().call("ACL", "SETUSER", "app", "on", ">pw", "~*", "+@all", "-client", "&*");
  const warned = new Promise<Error>((resolve) =>
    process.on("warning", (warning) => warning.name === "ZcacheTierWarning" && resolve(warning)),
  );
  const client = own.client({ username: "app", password: "pw" });
  const backend = new TieredBackend(new MemoryBackend(), new RedisBackend(client));
  t.teardown(() => backend.close());
  t.regex(
    (await warned).message,
    /^The memory tier is out of use because Redis refuses what it needs: NOPERM/,
  );
});

test.serial("a listener that throws breaks nothing", async (t) => {
  const warned = new Promise<Error>((resolve) =>
    process.on("warning", (warning) => warning.message === "a mistake" && resolve(warning)),
  );
  const client = redis().client();
  const onStateChange = (): void => {
    throw new TypeError("a mistake");
  };
  const backend = new TieredBackend(new MemoryBackend(), new RedisBackend(client), {
    onStateChange,
  });
  t.teardown(() => backend.close());
  await until("live", async () => backend.state === "live");
  t.is((await warned).message, "a mistake");
});

test.serial(
  "other arguments, clients without events and impossible options are refused",
  async (t) => {
    const memory = new MemoryBackend();
    const remote = new RedisBackend(redis().client({ lazyConnect: true }));
    const message = (make: () => unknown): string | undefined =>
      t.throws(make, { instanceOf: ConfigError })?.message;
    const options = (given: object) => (): unknown => new TieredBackend(memory, remote, given);
    t.is(
      message(() => new TieredBackend(remote as never, remote)),
      "TieredBackend: the first argument must be a MemoryBackend, but got: an instance of RedisBackend.",
    );
    t.is(
      message(() => new TieredBackend(memory, memory as never)),
      "TieredBackend: the second argument must be a RedisBackend, but got: an instance of MemoryBackend.",
    );
    t.is(
      message(options({ prefixes: [] })),
      'TieredBackend: "prefixes" must be a list of at least one string, but got: an array.',
    );
    t.is(
      message(options({ maxLag: "10ms" })),
      'TieredBackend: "maxLag" must be a duration of at least 100ms, such as "1s", but got: "10ms".',
    );
    t.is(
      message(options({ maxlag: "1s" })),
      'TieredBackend has no option "maxlag". Did you mean "maxLag"?',
    );
    const foreign = {
      isCluster: false,
      getBuffer() {},
      mgetBuffer() {},
      del() {},
      time() {},
      defineCommand() {},
    };
    t.is(
      message(() => new TieredBackend(memory, new RedisBackend(foreign as unknown as RedisClient))),
      "TieredBackend: the client must have the methods of a client of one Redis (duplicate, pttl, on, off), but got: an object.",
    );
    const foreignCluster = { ...foreign, isCluster: true };
    t.is(
      message(
        () => new TieredBackend(memory, new RedisBackend(foreignCluster as unknown as RedisClient)),
      ),
      "TieredBackend: the client must have the methods of a client of a Cluster (nodes, slots, on, off), but got: an object.",
    );
  },
);

/** Returns how many commands the server has refused because of rights. */
async function countRefusals(admin: Redis): Promise<number> {
  const entries = (await admin.call("ACL", "LOG")) as (readonly unknown[])[];
  return entries.reduce((sum, entry) => sum + Number(entry[entry.indexOf("count") + 1]), 0);
}
