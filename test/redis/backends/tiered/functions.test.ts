import { fork } from "node:child_process";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { configure } from "../../../../runtime/cache/configure";
import { wrap } from "../../../../runtime/calls/cached-function";
import { type Plan } from "../../../../runtime/plan";
import { FakeClock } from "../../../../runtime/testing/fake-clock";
import { keyOver, template } from "../../../../test/support/templates";
import { fill, minute, type Tier, useRedis } from "./tier";

const { startTier } = useRedis();

test.serial(
  "a function with memory is read from memory, and sees what this process invalidates at once",
  async (t) => {
    const tier = await startTier(t);
    const users = createUsers(t, tier, { memoryMs: 30_000 });
    for (let round = 0; round < 20; round++) {
      t.is((await users.get(1)).version, users.version);
      await tier.unread(() => users.get(1));
      const user = await users.get(1);
      t.is(tier.takeReads(), 0);
      // A caller may change its own copy.
      user.version = -1;
      t.is((await users.get(1)).version, users.version);
      users.version++;
      await (round % 2 === 0 ? users.get.invalidate(1) : users.get.invalidateTag("user:1"));
    }
  },
);

test.serial(
  "a function with memory sees another process's invalidation within the time of a push",
  async (t) => {
    const tier = await startTier(t);
    const users = createUsers(t, tier, { memoryMs: 30_000 });
    for (const key of ["tag:user:1~", "f|1"]) {
      await tier.unread(() => users.get(1));
      users.version++;
      await tier.invalidated(key, () => tier.other.del(key));
      t.is((await users.get(1)).version, users.version);
    }
  },
);

test.serial("a function without memory always asks Redis", async (t) => {
  const tier = await startTier(t);
  const users = createUsers(t, tier, {});
  await users.get(1);
  await users.get(1);
  tier.takeReads();
  await users.get(1);
  t.is(tier.takeReads(), 1);
});

test.serial(
  "configure's memory applies to all functions except those that set it themselves",
  async (t) => {
    const tier = await startTier(t);
    const all = createUsers(t, tier, {}, { memory: "30s" });
    const off = createUsers(t, tier, { memoryMs: 0, name: "off" }, { memory: "30s" });
    await off.get(1);
    await tier.unread(() => all.get(1));
    await off.get(1);
    t.is(tier.takeReads(), 1);
  },
);

test.serial(
  "a batch with memory asks Redis in one command for what memory doesn't have",
  async (t) => {
    const tier = await startTier(t);
    const loads: number[][] = [];
    const name = configureFor(t, tier);
    const plan: Plan = {
      name: "batch",
      key: keyOver((id) => [id]),
      tags: [template(["item:", ""], (id) => [id])],
      cache: name,
      batch: "array",
      rest: true,
      memoryMs: 30_000,
    };
    const items = wrap(
      () => plan,
      (async (...ids: number[]) => (loads.push(ids), ids.map((id) => ({ id })))) as never,
      "batch",
    ) as unknown as (...ids: number[]) => Promise<{ id: number }[]>;
    await tier.unread(() => items(1, 2, 3));
    t.deepEqual(await items(3, 1, 3), [{ id: 3 }, { id: 1 }, { id: 3 }]);
    t.is(tier.takeReads(), 0);
    await tier.invalidated("batch|2", () => tier.other.del("batch|2"));
    t.deepEqual(await items(1, 2, 3, 4), [{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }]);
    t.is(tier.takeReads(), 1);
    t.deepEqual(loads, [
      [1, 2, 3],
      [2, 4],
    ]);
  },
);

test.serial("another process sees an invalidation within maxLag", async (t) => {
  const bench = fork(
    join(__dirname, "../../../../bench/tier-lag.ts"),
    ["--rounds", "100", "--json"],
    {
      execArgv: ["-r", join(__dirname, "../../../support/ts-node.cjs")],
      stdio: ["ignore", "pipe", "inherit", "ipc"],
    },
  );
  let output = "";
  bench.stdout?.on("data", (chunk) => (output += String(chunk)));
  t.is(await new Promise((resolve) => bench.once("exit", resolve)), 0);
  const [idle] = JSON.parse(output) as { rounds: number; maxMs: number }[];
  t.is(idle?.rounds, 100);
  t.true((idle?.maxMs ?? Infinity) < 1_000, output);
});

test.serial(
  "an invalidation by another process arrives as a push, without any timer",
  async (t) => {
    const clock = new FakeClock();
    const tier = await startTier(t, { clock });
    await tier.other.set("pushed", "1");
    await fill(tier, "pushed");
    await tier.invalidated("pushed", () => tier.other.set("pushed", "2"));
    t.deepEqual(await tier.read(["pushed"], minute), [Buffer.from("2")]);
  },
);

let caches = 0;

function configureFor(t: ExecutionContext, tier: Tier, options: { memory?: string } = {}): string {
  const name = `tiered ${++caches}`;
  configure(name, {
    backend: tier.backend,
    deadline: "10s",
    onEvent: (event) => event.type === "fault" && t.log(event),
    ...options,
  });
  return name;
}

type Users = ((id: number) => Promise<{ id: number; version: number }>) & {
  invalidate(id: number): Promise<void>;
  invalidateTag(tag: string): Promise<void>;
};

/** Creates a cached function over data that changes. */
function createUsers(
  t: ExecutionContext,
  tier: Tier,
  plan: Partial<Plan>,
  options: { memory?: string } = {},
) {
  const whole: Plan = {
    name: "f",
    key: keyOver((id) => [id]),
    tags: [template(["user:", ""], (id) => [id])],
    cache: configureFor(t, tier, options),
    ...plan,
  };
  const users = { version: 1, get: null as unknown as Users };
  users.get = wrap(
    () => whole,
    (async (id: number) => ({ id, version: users.version })) as never,
    "f",
  ) as unknown as Users;
  return users;
}
