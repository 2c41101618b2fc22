/**
 * Measures what the memory tier's tracking costs a Redis and the listening processes, and
 * calculates the cost for many of them. It prints the tables of docs/tiers.md.
 *
 *     npm run build && node scripts/tracking-costs.mjs [--listeners 400]
 *
 * The server's figures are its own CPU time (INFO), so that other programs on the machine hardly
 * affect them. Listeners are plain sockets that count what they receive. Those of the last table
 * are a TieredBackend each, in a process of its own.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startRedis } from "./redis-server.mjs";

const script = fileURLToPath(import.meta.url);
/** These names are as long as those of a tag's version. */
const keyOf = (n) => `tag:user:${String(n).padStart(8, "0")}~`;
const ok = "+OK\r\n".length;
const oneByte = "$1\r\n1\r\n".length;

function encode(...words) {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`;
}

/** A connection that recognises answers by their lengths. */
async function open(port) {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  const connection = {
    bytes: 0,
    /** Sends commands in one piece, and waits for this many bytes. */
    async send(text, bytes) {
      const end = connection.bytes + bytes;
      socket.write(text);
      while (connection.bytes < end) await once(socket, "data");
    },
    close: () => socket.destroy(),
  };
  socket.on("data", (chunk) => (connection.bytes += chunk.length));
  return connection;
}

/** A client that queries the measurements, with texts as replies. */
async function ask(port, ...words) {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.on("data", (chunk) => (text += chunk));
  socket.write(encode(...words) + encode("QUIT"));
  await once(socket, "close");
  return text;
}

async function info(port, section, name) {
  return Number(new RegExp(`^${name}:(.*)\\r$`, "m").exec(await ask(port, "INFO", section))[1]);
}

const cpuUs = async (port) =>
  1e6 *
  ((await info(port, "cpu", "used_cpu_user_main_thread")) +
    (await info(port, "cpu", "used_cpu_sys_main_thread")));

/**
 * Writes keys on several connections, with a given number in one piece, and returns the server's
 * CPU time for each key in microseconds.
 */
async function write(port, { count, atOnce, connections = 1 }) {
  const writers = await Promise.all(Array.from({ length: connections }, () => open(port)));
  const before = await cpuUs(port);
  let next = 0;
  const writeOn = async (writer) => {
    while (next < count) {
      let text = "";
      for (let i = 0; i < atOnce; i++) text += encode("SET", keyOf(next++), "1");
      await writer.send(text, ok * atOnce);
    }
  };
  await Promise.all(writers.map(writeOn));
  const us = ((await cpuUs(port)) - before) / next;
  for (const writer of writers) writer.close();
  return us;
}

async function listen(port, count, ...tracking) {
  const all = await Promise.all(Array.from({ length: count }, () => open(port)));
  // The answer to HELLO has no fixed length, but the last answer has.
  for (const one of all)
    await one.send(encode("HELLO", "3") + encode("CLIENT", "TRACKING", "ON", ...tracking), 1);
  return all;
}

/** Waits until nothing more arrives. */
async function drained(listeners) {
  const sum = () => listeners.reduce((bytes, one) => bytes + one.bytes, 0);
  for (let last = -1; last !== sum();) {
    last = sum();
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  return sum();
}

async function withServer(measure) {
  const server = await startRedis();
  try {
    return await measure(server.port);
  } finally {
    server.stop();
  }
}

/** Ways of writing, from one command at a time to as many merged as possible. */
const ways = {
  "one at a time": { count: 4_000, atOnce: 1 },
  "64 in flight": { count: 20_032, atOnce: 1, connections: 64 },
  "100 in one piece": { count: 20_000, atOnce: 100 },
};

/** Broadcast by prefix, as the tier uses it. */
function broadcast(listeners, way, prefixes = ["tag:"]) {
  return withServer(async (port) => {
    await write(port, { count: 20_000, atOnce: 100 });
    const all = await listen(
      port,
      listeners,
      "BCAST",
      ...prefixes.flatMap((prefix) => ["PREFIX", prefix]),
    );
    const before = await drained(all);
    const us = await write(port, way);
    const bytes = listeners === 0 ? 0 : ((await drained(all)) - before) / listeners / way.count;
    const table = await info(port, "stats", "tracking_total_items");
    for (const one of all) one.close();
    return { us, bytes, table };
  });
}

/**
 * The default mode, in which the server remembers which client has read which key, and notifies
 * each client once.
 */
function remembered(listeners, keys) {
  return withServer(async (port) => {
    await ask(port, "CONFIG", "SET", "tracking-table-max-keys", "0");
    await write(port, { count: keys, atOnce: 100 });
    const gets = Array.from({ length: keys / 100 }, (_, piece) =>
      Array.from({ length: 100 }, (_, i) => encode("GET", keyOf(piece * 100 + i))).join(""),
    );
    const readAll = async (reader) => {
      for (const text of gets) await reader.send(text, oneByte * 100);
    };
    const plain = await open(port);
    const beforePlain = await cpuUs(port);
    await readAll(plain);
    const plainUs = ((await cpuUs(port)) - beforePlain) / keys;
    const all = await listen(port, listeners);
    await drained(all);
    const [memory, cpu] = [await info(port, "memory", "used_memory"), await cpuUs(port)];
    for (const one of all) await readAll(one);
    const readUs = ((await cpuUs(port)) - cpu) / keys / listeners;
    const tableBytes = (await info(port, "memory", "used_memory")) - memory;
    const items = await info(port, "stats", "tracking_total_items");
    const before = await drained(all);
    const us = await write(port, { count: keys, atOnce: 100 });
    const bytes = ((await drained(all)) - before) / listeners / keys;
    for (const one of [plain, ...all]) one.close();
    return { us, bytes, items, bytesOfKey: tableBytes / keys, plainUs, readUs };
  });
}

/** Starts a process with a tier, and measures the CPU time that an invalidation takes there. */
function receiving(library, atOnce) {
  return withServer(async (port) => {
    const count = 40_000;
    await write(port, { count, atOnce: 100 });
    const child = fork(script, [
      "--receive",
      library,
      "--port",
      String(port),
      "--count",
      String(count),
    ]);
    await once(child, "message");
    await write(port, { count, atOnce });
    const [us] = await once(child, "message");
    return us;
  });
}

async function receive(library, port, count) {
  const load = createRequire(import.meta.url);
  const { MemoryBackend, RedisBackend, TieredBackend } = load("../dist/runtime/index.js");
  const client = await clients[library](load, port);
  const memory = new MemoryBackend();
  const { forget } = memory;
  let left = Infinity;
  let tell = () => {};
  memory.forget = (key) => {
    forget.call(memory, key);
    if (key.startsWith("tag:user:") && --left === 0) tell();
  };
  const tier = new TieredBackend(memory, new RedisBackend(client), { prefixes: ["tag:"] });
  while (tier.state !== "live") await new Promise((resolve) => setTimeout(resolve, 10));
  left = count;
  const before = process.cpuUsage();
  process.send("ready");
  await new Promise((resolve) => (tell = resolve));
  const { user, system } = process.cpuUsage(before);
  process.send((user + system) / count, () => process.exit());
}

const clients = {
  ioredis: async (load, port) => new (load("ioredis").Redis)({ port }),
  "node-redis 6": async (load, port) => {
    const client = load("@redis/client").createClient({ socket: { port } });
    client.on("error", () => {});
    await client.connect();
    return client;
  },
};

const us = (figure) => figure.toFixed(figure < 10 ? 2 : 1);

async function measureAll(most) {
  console.log(await versionOf());
  console.log("\nBroadcast by prefix: CPU µs of the server for each write\n");
  console.log(
    `| listeners | ${Object.keys(ways).join(" | ")} | bytes to each | table items |\n| --- | ---: | ---: | ---: | ---: | ---: |`,
  );
  const figures = new Map();
  for (const count of new Set([0, 1, 10, 100, most])) {
    const of = [];
    for (const way of Object.values(ways)) of.push(await broadcast(count, way));
    figures.set(count, of);
    const bytes = of.map((one) => one.bytes.toFixed(0)).join(", ");
    console.log(
      `| ${count} | ${of.map((one) => us(one.us)).join(" | ")} | ${bytes} | ${of[0].table} |`,
    );
  }
  // In one turn of its loop, the server writes to each listener's socket once, however many
  // invalidations there are.
  const [none, all] = [figures.get(0), figures.get(most)];
  const [alone, merged] = [0, 2].map((way) => (all[way].us - none[way].us) / most);
  const ofKey = Math.max(0, (100 * merged - alone) / 99);
  const ofTurn = alone - ofKey;
  console.log(
    `\nFor each listener: ${us(ofTurn)} µs in each turn with a write, and ${ofKey.toFixed(3)} µs for each key.`,
  );
  const inPieces = ways["100 in one piece"];
  const [many, few] = [
    await broadcast(
      10,
      inPieces,
      Array.from({ length: 100 }, (_, n) => `tag:user:${n}`),
    ),
    await broadcast(10, inPieces),
  ];
  console.log(
    `10 listeners with 100 prefixes each: ${us(many.us)} µs for a write; with one: ${us(few.us)}.`,
  );

  console.log("\nDefault mode: 100 writes in one piece, after each listener has read each key\n");
  console.log(
    "| listeners | keys | write µs | GET µs, untracked | GET µs, tracked | table items | table bytes for a key |\n| --- | --- | ---: | ---: | ---: | ---: | ---: |",
  );
  for (const count of [1, 10, 100]) {
    const one = await remembered(count, 20_000);
    console.log(
      `| ${count} | 20,000 | ${us(one.us)} | ${us(one.plainUs)} | ${us(one.readUs)} | ${one.items} | ${one.bytesOfKey.toFixed(0)} |`,
    );
  }

  console.log("\nA process with a tier: its CPU µs for an invalidation of another process\n");
  console.log("| client | one at a time | 100 in one piece |\n| --- | ---: | ---: |");
  let received = 0;
  for (const library of Object.keys(clients)) {
    const [one, hundred] = [await receiving(library, 1), await receiving(library, 100)];
    received ||= hundred;
    console.log(`| ${library} | ${us(one)} | ${us(hundred)} |`);
  }
  extrapolate({ base: none[2].us, ofTurn, ofKey, bytes: all[2].bytes, received });
}

const processes = 100;
const rate = 100_000;

/**
 * Calculates shares of a core, and megabits. A turn handles the commands that arrived while all
 * listeners were notified of those of the turn before.
 */
function extrapolate({ base, ofTurn, ofKey, bytes, received }) {
  console.log(
    `\n${processes} processes, ${rate.toLocaleString("en")} invalidations of tags a second\n`,
  );
  console.log("| | one server | each of 3 masters | each of 10 |\n| --- | ---: | ---: | ---: |");
  const row = (what, of) =>
    console.log(`| ${what} | ${[1, 3, 10].map((masters) => of(masters)).join(" | ")} |`);
  const ofWrite = base + processes * ofKey;
  const turnOf = (share) => (processes * ofTurn) / (1 - (share * ofWrite) / 1e6);
  const mbit = (figure) => `${((figure * 8) / 1e6).toFixed(0)} Mbit/s`;
  const thousand = (figure) => `${Math.round(figure / 1_000).toLocaleString("en")},000`;
  row(
    "server: a turn, which other commands wait for",
    (n) => `${(turnOf(rate / n) / 1e3).toFixed(2)} ms`,
  );
  row("server: writes in a turn", (n) => ((rate / n / 1e6) * turnOf(rate / n)).toFixed(0));
  row("server: writes a second that fill a core", () => thousand(1e6 / ofWrite));
  row("server: network out", (n) => mbit((bytes * processes * rate) / n));
  row("each process, from all of them: CPU", () => `${((received * rate) / 1e6).toFixed(2)} cores`);
  row("each process, from all of them: network in", () => mbit(bytes * rate));
  row(
    "a process that stands still is cut off after",
    (n) => `${((32 * 2 ** 20 * n) / (bytes * rate)).toFixed(0)} s`,
  );
}

async function versionOf() {
  return withServer(async (port) => {
    const version = /redis_version:(.*)\r/.exec(await ask(port, "INFO", "server"))[1];
    return `Redis ${version}, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`;
  });
}

const { values } = parseArgs({
  options: {
    listeners: { type: "string", default: "400" },
    receive: { type: "string" },
    port: { type: "string" },
    count: { type: "string" },
  },
});
if (values.receive) await receive(values.receive, Number(values.port), Number(values.count));
else await measureAll(Number(values.listeners));
