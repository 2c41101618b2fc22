/**
 * Compares a miss with hand-written code that asks Redis, loads and stores: GET, SET. Both run in
 * one process and in turns, because wall time and even CPU time differ from hour to hour on a
 * machine that others use too.
 *
 *     node scripts/cost-of-a-miss.mjs [--server "Valkey 9.1"] [--rounds 120] [--calls 150]
 *       [--in-flight 256] [--node PATH]
 *
 * `--server` names one of server-matrix.servers.mjs, which is unpacked if it isn't there yet.
 * Without it the installed redis-server is taken. It prints the process's CPU time for each call
 * and its ratio, how many commands about a key are sent before its loader runs, and what the server
 * says of its own time: that of its commands (a script's counts twice, because the server adds that
 * of the commands within it) and that of the whole server.
 */
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startRedis } from "./redis-server.mjs";
import { servers, unpackServer } from "./server-matrix.servers.mjs";

const script = fileURLToPath(import.meta.url);
const repository = fileURLToPath(new URL("..", import.meta.url));
const ttlMs = 3_600_000;

/** Loads at once, so that the cache is what is measured. */
async function load(id) {
  return {
    id,
    title: `Title ${id}`,
    price: id / 4,
    labels: ["new", "paper"],
    description: "A longer text. ".repeat(10),
  };
}

function createByHand(redis) {
  return async (id, onLoad) => {
    const key = `by-hand:${id}`;
    const text = await redis.get(key);
    if (text !== null) return JSON.parse(text);
    onLoad?.(key);
    const value = await load(id);
    await redis.set(key, JSON.stringify(value), "PX", ttlMs);
    return value;
  };
}

function createCached({ wrap, configure, RedisBackend }, redis) {
  configure({ backend: new RedisBackend(redis), deadline: "10s" });
  let told;
  const row = wrap(() => ({ name: "row", key: { arguments: 1 }, ttlMs }), {
    row: async (id) => {
      told?.(`row|${id}`);
      return load(id);
    },
  });
  return (id, onLoad) => {
    told = onLoad;
    return row(id);
  };
}

/** Calls a contender with ids that nobody has asked for, and waits until everything is written. */
async function run(contender, { calls, inFlight }, idle, onLoad) {
  for (let i = 0; i < calls; i += inFlight)
    await Promise.all(
      Array.from({ length: Math.min(inFlight, calls - i) }, () =>
        contender.call(contender.next++, onLoad),
      ),
    );
  await idle();
}

async function measure({ port, rounds, calls, inFlight }) {
  const require = createRequire(join(repository, "package.json"));
  const { configure, idle, RedisBackend } = require("./dist/runtime/index.js");
  const { wrap } = require("./dist/runtime/runtime.js");
  const { Redis } = require("ioredis");
  const [ofHand, ofCache, observer] = [0, 1, 2].map(() => new Redis({ port }));
  await observer.flushall();
  const size = { calls, inFlight };
  const contenders = [
    { name: "by hand", call: createByHand(ofHand), redis: ofHand },
    {
      name: "zcache",
      call: createCached({ wrap, configure, RedisBackend }, ofCache),
      redis: ofCache,
    },
  ].map((one) => ({ ...one, next: 0, cpu: [], commandUs: 0, serverUs: 0 }));
  // V8 compiles the code in the first rounds.
  for (let round = -5; round < rounds; round++) {
    for (const contender of round % 2 ? contenders : contenders.toReversed()) {
      await observer.config("RESETSTAT");
      const serverBefore = await serverCpu(observer);
      const before = process.cpuUsage();
      await run(contender, size, idle);
      const { user, system } = process.cpuUsage(before);
      if (round < 0) continue;
      contender.cpu.push((user + system) / calls);
      contender.serverUs += (await serverCpu(observer)) - serverBefore;
      contender.commandUs += await commandTime(observer);
    }
  }
  for (const contender of contenders) contender.before = await countBefore(contender, size, idle);
  for (const redis of [ofHand, ofCache, observer]) redis.disconnect();
  return contenders.map(({ name, cpu, commandUs, serverUs, before }) => ({
    name,
    least: Math.min(...cpu),
    median: cpu.toSorted((a, b) => a - b)[cpu.length >> 1],
    before,
    commandUs: commandUs / (rounds * calls),
    serverUs: serverUs / (rounds * calls),
  }));
}

/** Returns how many commands about its key were sent, at most, before a loader ran. */
async function countBefore(contender, size, idle) {
  const { redis } = contender;
  const sent = new Map();
  const { sendCommand } = redis;
  redis.sendCommand = function (command, ...rest) {
    for (const key of new Set(command.getKeys().map(String)))
      sent.set(key, (sent.get(key) ?? 0) + 1);
    return sendCommand.call(this, command, ...rest);
  };
  let most = 0;
  await run(contender, size, idle, (key) => (most = Math.max(most, sent.get(key) ?? 0)));
  delete redis.sendCommand;
  return most;
}

/**
 * Returns the microseconds of all commands since the statistics were reset, without those of this
 * script.
 */
async function commandTime(observer) {
  const lines = (await observer.info("commandstats")).matchAll(/^cmdstat_([^:]+):.*?usec=(\d+)/gm);
  let sum = 0;
  for (const [, command, us] of lines) if (!/^(info|config)/.test(command)) sum += Number(us);
  return sum;
}

async function serverCpu(observer) {
  const text = await observer.info("cpu");
  const seconds = (name) => Number(new RegExp(`^${name}:([\\d.]+)`, "m").exec(text)[1]);
  return (seconds("used_cpu_user") + seconds("used_cpu_sys")) * 1e6;
}

const { values } = parseArgs({
  options: {
    server: { type: "string" },
    rounds: { type: "string", default: "120" },
    calls: { type: "string", default: "150" },
    "in-flight": { type: "string", default: "1" },
    node: { type: "string", default: process.execPath },
    port: { type: "string" },
  },
});
const size = {
  rounds: Number(values.rounds),
  calls: Number(values.calls),
  inFlight: Number(values["in-flight"]),
};

if (values.port) {
  console.log(JSON.stringify(await measure({ ...size, port: Number(values.port) })));
} else {
  const server = values.server && servers.find(({ name }) => name === values.server);
  if (values.server && !server)
    throw new Error(`--server is one of ${servers.map(({ name }) => name).join(", ")}.`);
  const bin =
    server && (await unpackServer(server, join(repository, "node_modules/.cache/zcache-servers")));
  const redis = await startRedis(bin && join(bin, "redis-server"));
  const given = ["rounds", "calls", "in-flight"].flatMap((name) => [`--${name}`, values[name]]);
  const [byHand, cached] = JSON.parse(
    execFileSync(values.node, [script, "--port", String(redis.port), ...given], {
      encoding: "utf8",
    }),
  );
  redis.stop();
  const version = execFileSync(values.node, ["-v"], { encoding: "utf8" }).trim();
  console.log(
    `${server ? server.name : "redis-server"}, Node ${version}, ${size.inFlight} in flight`,
  );
  const row = (title, pick, digits = 2) => {
    const [hand, ours] = [pick(byHand), pick(cached)];
    const figures = [hand.toFixed(digits), ours.toFixed(digits), (ours / hand).toFixed(2)];
    console.log(`${title.padEnd(44)}${figures.map((text) => text.padStart(9)).join("")}`);
  };
  console.log(`${"".padEnd(44)}  by hand   zcache    ratio`);
  row("CPU of the process, µs for each miss: least", ({ least }) => least);
  row("… median", ({ median }) => median);
  row("commands of a key before its loader", ({ before }) => before, 0);
  row("the server's commands, µs", ({ commandUs }) => commandUs);
  row("the whole server, µs", ({ serverUs }) => serverUs);
}
