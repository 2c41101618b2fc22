import { createServer, request } from "node:http";
import { type AddressInfo } from "node:net";
import anyTest, { type ExecutionContext, type TestFn } from "ava";
import { RedisBackend } from "../../../runtime/backends/redis/redis-backend";
import { type ScanProgress } from "../../../studio/api";
import { createStudio } from "../../../studio/server/create-studio";
import { storeSource } from "../../../studio/server/store-source";
import { type RedisServer, startRedis, until } from "../../support/redis";
import { functionReport, processReport } from "../../unit/studio/support/report";
import { ask, locked, projectWith } from "../../unit/studio/support/served";

const test = anyTest as TestFn<{ server: RedisServer }>;

test.beforeEach(async (t) => {
  t.context.server = await startRedis();
});

test.afterEach.always((t) => t.context.server.stop());

/** Serves Studio over the Redis of the test, as `zcache studio --redis` does. */
async function serve(
  t: ExecutionContext<{ server: RedisServer }>,
  keyPrefix = "",
): Promise<{ port: number; backend: RedisBackend }> {
  const backend = new RedisBackend(t.context.server.client({ keyPrefix }));
  const project = projectWith(t, [locked("shop.item"), locked("shop.other")]);
  const studio = createStudio({
    source: storeSource({ backend, name: "redis" }),
    project,
    allowWrites: true,
  });
  const server = createServer(studio);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(async () => {
    studio.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, backend };
}

/** Reads a stream of server-sent events until one of them is the last. */
function readScan(
  port: number,
  path: string,
  isLast: (progress: ScanProgress) => boolean,
): Promise<ScanProgress[]> {
  return new Promise((resolve, reject) => {
    const seen: ScanProgress[] = [];
    let text = "";
    const client = request({ host: "127.0.0.1", port, path }, (response) => {
      response.on("data", (part: Buffer) => {
        text += part.toString();
        const blocks = text.split("\n\n");
        text = blocks.pop() ?? "";
        for (const block of blocks) {
          const [, json] = /^event: progress\ndata: (.*)$/s.exec(block) ?? [];
          if (json === undefined) continue;
          const progress = JSON.parse(json) as ScanProgress;
          seen.push(progress);
          if (!isLast(progress)) continue;
          client.destroy();
          resolve(seen);
        }
      });
      response.on("end", () => resolve(seen));
    });
    client.on("error", (error) => (client.destroyed ? undefined : reject(error)));
    client.end();
  });
}

for (const keyPrefix of ["", "app:"]) {
  test(`a scan finds the keys of one function among many, with the prefix "${keyPrefix}"`, async (t) => {
    const { port } = await serve(t, keyPrefix);
    const redis = t.context.server.client();
    const pipeline = redis.pipeline();
    for (let i = 0; i < 20_000; i++) pipeline.set(`${keyPrefix}shop.other|${i}`, "1");
    for (let i = 0; i < 300; i++) pipeline.set(`${keyPrefix}shop.item|${i}`, "1");
    pipeline.set(`${keyPrefix}shop.item[x]*`, "1");
    await pipeline.exec();
    const seen = await readScan(port, "/api/v1/scan?name=shop.item", ({ isDone }) => isDone);
    const keys = seen.flatMap((progress) => progress.keys);
    t.is(new Set(keys).size, 301);
    t.true(keys.every((key) => key.startsWith("shop.item")));
    t.true(seen.length > 5, "it tells how far it is");
    t.is(seen.at(-1)?.total, 20_301);
    t.is((await redis.info("commandstats")).includes("cmdstat_keys:"), false);
  });
}

test("a scan ends when its reader goes", async (t) => {
  const { port } = await serve(t);
  const redis = t.context.server.client();
  const pipeline = redis.pipeline();
  for (let i = 0; i < 100_000; i++) pipeline.set(`k${i}`, "1");
  await pipeline.exec();
  const scans = async (): Promise<number> =>
    Number(/cmdstat_scan:calls=(\d+)/.exec(await redis.info("commandstats"))?.[1] ?? 0);
  await readScan(port, "/api/v1/scan?name=shop.item", () => true);
  let before = -1;
  await until("the scan has ended", async () => {
    const now = await scans();
    const isOver = now === before;
    before = now;
    return isOver;
  });
  t.true(before < 400, `${before} of 400 steps`);
});

test("processes are found by their reports, whatever else lies beside them", async (t) => {
  const { port, backend } = await serve(t);
  const inspector = backend.inspector();
  await inspector.putReport(
    "a",
    JSON.stringify(processReport("a", 1, [functionReport("shop.item", { hit: 5, miss: 1 })])),
    10_000,
  );
  await inspector.putReport("evil", "{}", 10_000);
  await inspector.putReport(
    "liar",
    JSON.stringify(processReport("a", 9, [functionReport("shop.item", { hit: 1e9 })])),
    10_000,
  );
  const overview = async () => (await ask(port, "/api/v1/overview?seconds=0")).json;
  await until("the process is shown", async () => (await overview()).processes.length > 0);
  const { processes, total } = await overview();
  t.deepEqual(
    processes.map(({ process }: { process: { id: string } }) => process.id),
    ["a"],
  );
  t.like(total, { hits: 5, misses: 1 });
});

test("with a frozen Redis the page's requests are answered, and mention it", async (t) => {
  const { port } = await serve(t);
  const overview = async () => (await ask(port, "/api/v1/overview")).json;
  await until("the store was asked", async () => (await overview()).storeTrouble === null);
  t.context.server.freeze();
  try {
    await until("the trouble is told", async () => (await overview()).storeTrouble !== null);
    const key = await ask(port, "/api/v1/key?key=shop.item%7C5");
    t.is(key.status, 503);
    t.true(key.json.error.length > 10);
    t.is((await ask(port, "/api/v1/functions")).status, 200);
  } finally {
    t.context.server.thaw();
  }
  await until("the trouble is over", async () => (await overview()).storeTrouble === null);
});

test("what only the program can do is refused with what to do instead", async (t) => {
  const { port } = await serve(t);
  const { token, mayRefresh } = (await ask(port, "/api/v1/session")).json;
  t.false(mayRefresh);
  const headers = { "x-zcache-token": token as string };
  for (const path of ["refresh?key=a", "pause?paused=true"]) {
    const answer = await ask(port, `/api/v1/${path}`, { method: "POST", headers });
    t.is(answer.status, 409);
    t.regex(answer.json.error, /Only the program itself/);
  }
});
