import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { RedisBackend } from "../../../runtime";
import type { ProcessReport } from "../../../runtime/studio/report";
import { type RedisServer, startRedis, until } from "../../support/redis";

let server: RedisServer;
test.before(async () => (server = await startRedis()));
test.after.always(() => server?.stop());
test.beforeEach(async () => void (await server.client().flushall()));

interface Program {
  readonly process: ChildProcess;
  call(id: number): Promise<void>;
}

async function start(
  t: ExecutionContext,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Program> {
  const child = fork(join(__dirname, "program.ts"), [String(server.port), ...args], {
    execArgv: ["-r", join(__dirname, "../../support/ts-node.cjs")],
    env: { ...process.env, ...env },
  });
  t.teardown(() => child.kill("SIGKILL"));
  await once(child, "message");
  return {
    process: child,
    async call(id) {
      child.send(id);
      await once(child, "message");
    },
  };
}

async function reports(keyPrefix = ""): Promise<Map<string, ProcessReport>> {
  const found = await new RedisBackend(server.client({ keyPrefix })).inspector().reports();
  const all = Array.from(found.values(), (text) => JSON.parse(text) as ProcessReport);
  return new Map(all.map((report) => [report.process.title, report]));
}

test.serial("two processes are found through Redis, each with its own counts", async (t) => {
  const [one, two] = await Promise.all([start(t, ["one"]), start(t, ["two", "", "shop"])]);
  for (const id of [1, 1, 2]) await one.call(id);
  await two.call(1);
  let found = new Map<string, ProcessReport>();
  const countsOf = (title: string) => found.get(title)?.functions[0]?.counts;
  await until("both have reported", async () => {
    found = await reports();
    return countsOf("one")?.store === 2 && countsOf("two")?.store === 1;
  });
  t.is(found.size, 2);
  t.like(countsOf("one"), { hit: 1, miss: 2, load: 2 });
  t.like(countsOf("two"), { hit: 0, miss: 1, load: 1 });
  t.is(found.get("two")?.caches[0]?.namespace, "shop");
  t.not(found.get("one")?.process.id, found.get("two")?.process.id);
  t.is(found.get("one")?.process.pid, one.process.pid);
  t.deepEqual(
    (await server.client().keys("*")).filter((key) => key.endsWith("~")),
    ["studio~"],
  );
});

test.serial("reports are where the client's keyPrefix puts them", async (t) => {
  const one = await start(t, ["one", "shop:"]);
  await one.call(1);
  await until("it has reported", async () => (await reports("shop:")).size === 1);
  t.is((await reports()).size, 0);
});

test.serial("a process that died is forgotten after a few seconds", async (t) => {
  const [one] = await Promise.all([start(t, ["one"]), start(t, ["two"])]);
  await until("both have reported", async () => (await reports()).size === 2);
  one.process.kill("SIGKILL");
  await until("one is gone", async () => !(await reports()).has("one"));
  t.true((await reports()).has("two"));
});

test.serial(
  "the environment variable turns it on for a program that doesn't configure it",
  async (t) => {
    const program = await start(t, [], { ZCACHE_STUDIO: "1" });
    await program.call(1);
    await until("it has reported", async () => (await reports()).has("program.ts"));
    t.pass();
  },
);

test.serial(
  "a program that doesn't configure it leaves nothing without the environment variable",
  async (t) => {
    const [quiet, other] = await Promise.all([
      start(t, [], { ZCACHE_STUDIO: "0" }),
      start(t, ["other"]),
    ]);
    await quiet.call(1);
    await other.call(1);
    await until("the other has reported twice", async () => {
      const { at = 0, process: { startedAt = 0 } = {} } = (await reports()).get("other") ?? {};
      return at - startedAt > 2_000;
    });
    t.is((await reports()).size, 1);
  },
);

test.serial(
  "a Redis that freezes affects neither calls nor memory, and reports continue after it",
  async (t) => {
    const one = await start(t, ["one"]);
    await one.call(1);
    await until("it has reported", async () => (await reports()).size === 1);
    const before = (await reports()).get("one")?.at ?? 0;
    server.freeze();
    t.teardown(() => server.thaw());
    // These are enough failures for the breaker to open.
    for (let id = 1; id <= 8; id++) await one.call(id);
    server.thaw();
    await until(
      "it reports again",
      async () => ((await reports()).get("one")?.functions[0]?.counts.load ?? 0) >= 9,
    );
    t.true(((await reports()).get("one")?.at ?? 0) > before);
  },
);
