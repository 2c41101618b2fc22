import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import test, { type ExecutionContext } from "ava";
import { RedisBackend } from "../../../runtime/backends/redis/redis-backend";
import { type Overview } from "../../../studio/api";
import { type RedisServer, startRedis } from "../../support/redis";
import { ask } from "../../unit/studio/support/served";
import { functionReport, processReport } from "../../unit/studio/support/report";
import { createShop } from "./shop";

const shop = createShop();
const bin = join(__dirname, "../../../dist/transformer/command-line/main.js");
let server: RedisServer;
let url: string;

test.before(async () => {
  server = await startRedis();
  url = `redis://127.0.0.1:${server.port}`;
  const escape = "\u001b[31m";
  const functions = [
    functionReport("shop.user.UserService.get", {
      hit: 90,
      miss: 10,
      load: 10,
      loadMs: 100,
      timedLoads: 10,
    }),
    functionReport(`evil${escape}<b>`, { miss: 50, load: 50 }),
  ];
  const report = processReport("a", Date.now(), functions, {
    misses: [
      {
        at: 1,
        name: "shop.user.UserService.get",
        key: "shop.user.UserService.get|5-en",
        reason: "tag",
        tag: "user:5",
        detail: null,
      },
    ],
  });
  await new RedisBackend(server.client())
    .inspector()
    .putReport("a", JSON.stringify(report), 600_000);
  await server
    .client()
    .set("shop.user.UserService.get|5-en", '{"id":5,"name":"bob"}', "PX", 60_000);
  await shop.zcache(["lock"]);
});
test.after.always(() => server?.stop());

/** Starts a command that keeps running, and resolves with what it has printed once that matches. */
function start(
  t: ExecutionContext,
  args: readonly string[],
  wanted: RegExp,
): Promise<{ child: ChildProcess; output: string; found: RegExpExecArray }> {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: shop.project.directory,
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.teardown(() => void child.kill("SIGKILL"));
  return new Promise((resolve, reject) => {
    let output = "";
    const read = (part: Buffer): void => {
      output += part.toString();
      const found = wanted.exec(output);
      if (found) resolve({ child, output, found });
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("exit", () => reject(new Error(`It ended: ${output}`)));
  });
}

test("studio serves its page at an address that nobody can guess, and ends with Ctrl+C", async (t) => {
  const { child, found } = await start(
    t,
    ["studio", "--redis", url],
    /Open http:\/\/127\.0\.0\.1:(\d+)(\/[\w-]{16}\/)/,
  );
  const [port, path] = [Number(found[1]), found[2] ?? ""];
  t.is((await ask(port, "/")).status, 404);
  t.is((await ask(port, "/api/v1/session")).status, 404);
  t.is((await ask(port, path)).status, 200);
  t.like((await ask(port, `${path}api/v1/session`)).json, {
    mayWrite: false,
    mayRefresh: false,
    source: url,
  });
  const { json } = await ask(
    port,
    `${path}api/v1/key?key=${encodeURIComponent("shop.user.UserService.get|5-en")}`,
  );
  t.is(json.owner.name, "shop.user.UserService.get");
  t.is(json.state, "invalidated");
  const exit = new Promise<number | null>((resolve) => child.once("exit", resolve));
  child.kill("SIGINT");
  t.is(await exit, 0);
});

test("top prints the figures once where there is no terminal, with what names contain made visible", async (t) => {
  const { output, code } = await shop.zcache(["top", "--redis", url]);
  t.is(code, 0);
  t.regex(output, /150 calls, hit rate 60\.0 %/);
  t.regex(output, /UserService\.get +100 +90\.0 % +10/);
  t.true(output.includes("evil\\u001b[31m<b>"));
  t.false(output.includes("\u001b"));
});

test("top --json prints the overview", async (t) => {
  const { output } = await shop.zcache(["top", "--json", "--redis", url]);
  const overview = JSON.parse(output) as Overview;
  t.is(overview.total.calls, 150);
  t.is(overview.processes[0]?.process.id, "a");
});

test("top without a reporting process says what to do", async (t) => {
  const empty = await startRedis();
  t.teardown(() => empty.stop());
  const { output, code } = await shop.zcache(["top", "--redis", `redis://127.0.0.1:${empty.port}`]);
  t.is(code, 1);
  t.regex(output, /No process reports here\. Start them with configure\(\{ studio: true \}\)/);
});

test("top with an unreachable Redis says so and ends", async (t) => {
  const { output, code } = await shop.zcache(["top", "--redis", "redis://127.0.0.1:1"]);
  t.is(code, 1);
  t.regex(output, /The store can't be asked: connect ECONNREFUSED 127\.0\.0\.1:1/);
  t.notRegex(output, /No process reports here/);
});

for (const args of [["studio"], ["top"], ["mcp"]]) {
  test(`${args[0]} without a Redis asks for one`, async (t) => {
    const { output, code } = await shop.zcache(args);
    t.is(code, 2);
    t.regex(output, /Name the Redis/);
  });
}

for (const args of [
  ["studio", "--port", "x"],
  ["studio", "--port", "70000"],
  ["top", "--seconds", "-1"],
  ["top", "--seconds", "1000"],
]) {
  test(`${args.join(" ")} is wrong usage`, async (t) => {
    const { output, code } = await shop.zcache([...args, "--redis", url]);
    t.is(code, 2);
    t.regex(output, /takes a (?:whole )?number/);
  });
}

test("mcp without the SDK says what to install", async (t) => {
  const { output, code } = await shop.zcache(["mcp", "--redis", url]);
  t.is(code, 1);
  t.regex(output, /npm install --save-dev @modelcontextprotocol\/sdk/);
});

/** It is an agent's program, which uses the client of the SDK. */
async function connect(t: ExecutionContext, args: readonly string[]): Promise<Client> {
  const client = new Client({ name: "test", version: "1" });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [bin, "mcp", "--redis", url, ...args],
    cwd: shop.project.directory,
    stderr: "ignore",
  });
  await client.connect(transport);
  t.teardown(() => client.close());
  return client;
}

async function callTool(
  client: Client,
  name: string,
  given: object = {},
): Promise<{ text: string; isError: boolean }> {
  const { content, isError } = await client.callTool({ name, arguments: { ...given } });
  const [first] = content as readonly { readonly text: string }[];
  return { text: first?.text ?? "", isError: isError === true };
}

test("mcp offers tools that only read", async (t) => {
  const client = await connect(t, []);
  const { tools } = await client.listTools();
  t.deepEqual(
    tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint]),
    [
      ["overview", true],
      ["list_functions", true],
      ["hit_rates", true],
      ["explain_key", true],
      ["recent_misses", true],
      ["list_tags", true],
    ],
  );
  t.regex((await callTool(client, "invalidate_key", { key: "a" })).text, /There is no tool/);
  const explained = await callTool(client, "explain_key", {
    key: "shop.user.UserService.get|5-en",
  });
  t.false(explained.isError);
  t.is(
    (JSON.parse(explained.text) as { owner: { name: string } }).owner.name,
    "shop.user.UserService.get",
  );
  t.regex((await callTool(client, "explain_key")).text, /The parameter key is missing/);
  t.regex(
    (await callTool(client, "explain_key", { keys: "a" })).text,
    /There is no parameter keys/,
  );
  t.true((await callTool(client, "hit_rates", { name: "nobody" })).isError);
});

test("mcp reports hit rates and why calls missed", async (t) => {
  const client = await connect(t, []);
  let misses: unknown[] = [];
  // The reports are read within the first second.
  for (let tries = 0; misses.length === 0 && tries < 1_000; tries++)
    misses = JSON.parse((await callTool(client, "recent_misses")).text) as unknown[];
  t.like(misses[0], { reason: "tag", tag: "user:5" });
  const { text } = await callTool(client, "hit_rates", {
    name: "shop.user.UserService.get",
    seconds: 0,
  });
  t.is((JSON.parse(text) as { figures: { hitRate: number } }).figures.hitRate, 0.9);
});

test("mcp --allow-writes offers tools that change something, marked so that a program asks first", async (t) => {
  const client = await connect(t, ["--allow-writes"]);
  const { tools } = await client.listTools();
  const changes = tools.filter(({ annotations }) => annotations?.readOnlyHint !== true);
  t.deepEqual(
    changes.map(({ name, annotations }) => [name, annotations?.destructiveHint]),
    [
      ["invalidate_key", true],
      ["invalidate_tag", true],
    ],
  );
  await server.client().set("some.key|1", "1");
  t.is(
    (await callTool(client, "invalidate_key", { key: "some.key|1" })).text,
    "Invalidated some.key|1.",
  );
  t.is(await server.client().exists("some.key|1"), 0);
});
