/**
 * These tests count work and don't time it. They notice a change that makes something slower and
 * that no test of behaviour would notice. A number that has to rise has its reason in
 * docs/decisions.md. One that falls is lowered here.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import test, { type ExecutionContext } from "ava";
import type { Redis } from "ioredis";
import ts from "typescript";
import { wrap } from "../../../runtime/calls/cached-function";
import { cacheNamed, configure } from "../../../runtime/cache/configure";
import type { Plan } from "../../../runtime/plan";
import { RedisBackend } from "../../../runtime/backends/redis/redis-backend";
import { createTransformer } from "../../../transformer";
import { deferred } from "../../support/cache";
import { type RedisServer, startRedis, until } from "../../support/redis";
import { keyOver, template } from "../../support/templates";

const root = join(__dirname, "../../..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<
  "dependencies" | "peerDependencies",
  Record<string, string>
>;
let server: RedisServer;
let caches = 0;

test.before(async () => {
  server = await startRedis();
});

test.after.always(() => server?.stop());

test.serial("a hit is one GET, in one write to the socket", async (t) => {
  const { row, count } = await createWatched(t);
  await row(5);
  t.deepEqual(await count(() => row(5)), { commands: ["get"], writes: 1 });
});

test.serial("a hit with two tags is one MGET", async (t) => {
  const { tagged, count } = await createWatched(t);
  await tagged(5, 7);
  t.deepEqual(await count(() => tagged(5, 7)), { commands: ["mget"], writes: 1 });
});

test.serial("256 hits at once are one MGET; tags that they share are asked for once", async (t) => {
  const { row, tagged, count } = await createWatched(t);
  const ids = Array.from({ length: 256 }, (_, id) => id);
  await Promise.all(ids.map((id) => row(id)));
  // After so many misses, a call in the next tick is expected to miss.
  const afterMisses = await count(() => Promise.all(ids.map((id) => row(id))));
  t.deepEqual(afterMisses, { commands: ["set", "mget"], writes: 1 });
  t.deepEqual(await count(() => Promise.all(ids.map((id) => row(id)))), {
    commands: ["mget"],
    writes: 1,
  });
  const some = ids.slice(0, 200);
  await Promise.all(some.map((id) => tagged(id, 7)));
  // There are 200 entries, a tag for each and one for all: 401 keys, which is below the limit of
  // one command.
  t.deepEqual(await count(() => Promise.all(some.map((id) => tagged(id, 7)))), {
    commands: ["mget"],
    writes: 1,
  });
});

test.serial("a large value that is read repeatedly is decoded once or twice", async (t) => {
  const { page } = await createWatched(t);
  const expected = await page(5);
  const { parse } = JSON;
  let parses = 0;
  JSON.parse = ((text: string) => (parses++, parse(text) as unknown)) as typeof parse;
  try {
    for (let i = 0; i < 20; i++) {
      const own = (await page(5)) as { rows: { id: unknown }[] };
      t.deepEqual(own, expected);
      own.rows.forEach((row) => (row.id = "changed"));
    }
  } finally {
    JSON.parse = parse;
  }
  // The garbage collector may end what is remembered, and then it is decoded twice more.
  t.true(parses >= 1 && parses <= 6, String(parses));
});

test.serial(
  "a miss is a read, a lease and a write; with tags, two more commands in the same round trips",
  async (t) => {
    const { row, tagged, count } = await createWatched(t);
    const plain = await count(() => row(5));
    t.true(plain.commands.length <= 3 && plain.writes <= 3, String(plain.commands));
    const withTags = await count(() => tagged(5, 7));
    t.true(withTags.commands.length <= 5, String(withTags.commands));
  },
);

test.serial(
  "if most calls miss, one command reads and leases, and nothing else is awaited before the loader",
  async (t) => {
    const { row, count, sentBeforeLoader } = await createWatched(t);
    for (const id of [1, 2, 3, 4]) await row(id);
    const { commands, writes } = await count(() => row(5));
    // Redis before 8.4 and Valkey before 8.1 write with a script.
    t.regex(commands.join(" "), /^set (?:set|evalsha)$/);
    t.is(writes, 2);
    t.is(await sentBeforeLoader(() => row(6)), 1);
    // Callers of one key share a read all the same, and the others each take their lease.
    const inOneTick = await count(() => Promise.all([row(7), row(8), row(8), row(9)]));
    t.deepEqual(inOneTick.commands.slice(0, 3), ["set", "set", "get"]);
  },
);

test.serial(
  "misses one after the other are one write to the socket each: the read takes the last write along",
  async (t) => {
    const { row, count } = await createWatched(t);
    for (const id of [1, 2, 3, 4]) await row(id);
    const { commands, writes } = await count(async () => {
      for (let id = 5; id < 15; id++) await row(id);
    });
    t.is(commands.length, 20);
    t.is(writes, 11);
  },
);

test.serial("256 misses at once are one read, and take their leases in one write", async (t) => {
  const { row, count } = await createWatched(t);
  const ids = Array.from({ length: 256 }, (_, id) => id);
  const { commands, writes } = await count(() => Promise.all(ids.map((id) => row(id))));
  t.deepEqual(commands.slice(0, 257), ["mget", ...Array<string>(256).fill("set")]);
  // These are the read, the leases, and what is stored. The first write finds out whether the
  // server knows the form of SET.
  t.true(writes <= 4, `${writes} writes`);
});

test.serial(
  "if most calls miss, 256 misses at once read and lease in one command each, in one write",
  async (t) => {
    const { row, count } = await createWatched(t);
    const missTogether = (from: number, length: number): Promise<unknown> =>
      Promise.all(Array.from({ length }, (_, i) => row(from + i)));
    for (const id of [1, 2, 3, 4]) await row(id);
    // The first read finds out whether the server can do this, and each read allows one more in a
    // tick.
    t.is((await count(() => row(5))).commands[0], "set");
    for (let known = 2; known < 256; known *= 2) await missTogether(known * 100_000, known);
    const ids = Array.from({ length: 256 }, (_, id) => 1_000 + id);
    const { commands, writes } = await count(() => Promise.all(ids.map((id) => row(id))));
    t.deepEqual(commands.slice(0, 256), Array<string>(256).fill("set"));
    // A server that writes with a script is sent one for 128 entries.
    const writesOfEntries = commands.slice(256);
    t.is(writesOfEntries.length, writesOfEntries.includes("evalsha") ? 2 : 256);
    t.true(writes <= 3, `${writes} writes`);
    // One hit ends this: the next misses are one read, except for one.
    await count(() => row(1_000));
    const { commands: afterHit } = await count(() => missTogether(90_000_000, 256));
    t.deepEqual(afterHit.slice(0, 2), ["set", "mget"]);
    // A key that many callers ask for is still read once.
    const { commands: ofOneKey } = await count(() =>
      Promise.all(Array.from({ length: 1_000 }, () => row(5_000))),
    );
    t.true(ofOneKey.length <= 5, String(ofOneKey));
  },
);

test.serial("a function whose calls hit does not read with leases for long", async (t) => {
  const { row, count } = await createWatched(t);
  for (let id = 0; id < 20; id++) await row(id);
  const { commands } = await count(async () => {
    for (let id = 0; id < 20; id++) await row(id);
  });
  t.deepEqual(commands, [...Array<string>(5).fill("set"), ...Array<string>(15).fill("get")]);
});

test.serial(
  "a batch of 100 is one command when all are there, three when half are missing",
  async (t) => {
    const { rows, count } = await createWatched(t);
    const ids = Array.from({ length: 100 }, (_, id) => id);
    await rows(ids.slice(0, 50));
    t.true((await count(() => rows(ids))).commands.length <= 3);
    await rows(ids);
    t.deepEqual(await count(() => rows(ids)), { commands: ["mget"], writes: 1 });
  },
);

test.serial(
  "where much was missing the last time, a batch that misses is a read with leases and a write",
  async (t) => {
    const { rows, count } = await createWatched(t);
    const ids = Array.from({ length: 200 }, (_, id) => id);
    await rows(ids.slice(0, 50));
    // The server knows both scripts by then.
    await rows(ids.slice(50, 100));
    t.deepEqual(await count(() => rows(ids.slice(50, 150))), {
      commands: ["evalsha", "evalsha"],
      writes: 2,
    });
  },
);

test.serial("1000 callers of one cold key are one load, and at most 5 commands", async (t) => {
  const { slow, loads, release, count } = await createWatched(t);
  const { commands } = await count(async () => {
    const calls = Array.from({ length: 1_000 }, () => slow(5));
    await until("the load has begun", async () => loads.count > 0);
    release();
    await Promise.all(calls);
  });
  t.is(loads.count, 1);
  t.true(commands.length <= 5, String(commands));
});

test.serial("an invalidation is one command, by key and by tag", async (t) => {
  const { row, name, count } = await createWatched(t);
  await row(5);
  const { invalidate } = row as unknown as { invalidate(id: number): Promise<void> };
  await invalidate.call(row, 6);
  // This is a script, because an invalidation must leave the keys that a transaction holds.
  t.deepEqual(await count(() => invalidate.call(row, 5)), { commands: ["evalsha"], writes: 1 });
  t.deepEqual(await count(() => cacheNamed(name).invalidateTag("org:7")), {
    commands: ["evalsha"],
    writes: 1,
  });
});

test.serial("an annotated function is emitted with at most 350 characters more", (t) => {
  const source = (directive: string): string =>
    `${directive}\nexport async function read(id: number, name: string): Promise<string> {\n  return id + name;\n}\n`;
  const emit = (text: string): number => {
    const options: ts.CompilerOptions = {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.CommonJS,
    };
    const transformers = { before: [createTransformer(ts, options)] };
    return ts.transpileModule(text, {
      fileName: join(root, "src/read.ts"),
      compilerOptions: options,
      transformers,
    }).outputText.length;
  };
  const added =
    emit(source("// @zcache ttl: 10m") + source("// @zcache ttl: 10m").replace("read", "find")) -
    emit(source("// @zcache ttl: 10m"));
  const plain =
    emit(source("// plain") + source("// plain").replace("read", "find")) -
    emit(source("// plain"));
  t.true(added - plain <= 350, `${added - plain} characters`);
});

test.serial("a hit allocates at most 6 KB, in memory at most 1 KB", (t) => {
  // The limits are generous, because they are for work that grows with the number of calls or keys.
  const { remote, memory } = measure(`
    const { MemoryBackend, configure } = require("./runtime/index.ts");
    const { wrap } = require("./runtime/calls/cached-function.ts");
    const inner = new MemoryBackend();
    // In this process, but behind the guard, as Redis is.
    const remote = Object.create(inner, { remote: { value: true }, name: { value: "remote" }, peek: { value: undefined } });
    for (const name of ["read", "acquire", "write", "renew", "release", "delete", "ensureVersions", "time", "readAndLease"]) remote[name] = (...args) => inner[name](...args);
    configure("remote", { backend: remote });
    configure("memory", { backend: new MemoryBackend() });
    const row = { id: 5, title: "A title", labels: ["new", "paper"] };
    const cached = (cache) => wrap(() => ({ name: "row", key: { text: ($, id) => $(id) }, cache }), async function row_() { return row; });
    async function allocated(read, calls) {
      for (let i = 0; i < 2_000; i++) await read(i % 16);
      gc();
      const before = process.memoryUsage().heapUsed;
      for (let i = 0; i < calls; i++) await read(i % 16);
      return (process.memoryUsage().heapUsed - before) / calls;
    }
    // So few that no garbage is collected meanwhile.
    (async () => console.log(JSON.stringify({ remote: await allocated(cached("remote"), 300), memory: await allocated(cached("memory"), 300) })))();
  `) as { remote: number; memory: number };
  t.log(`${remote} bytes, in memory ${memory}`);
  t.true(remote > 0 && remote <= 6_144, `${remote} bytes`);
  t.true(memory > 0 && memory <= 1_024, `${memory} bytes`);
});

test.serial("a function that is never called takes less than 1 KB", (t) => {
  const functions = 1_000;
  const write = (directive: string): string =>
    Array.from(
      { length: functions },
      (_, n) =>
        `${directive}\nexport async function f${n}(id: number): Promise<number> {\n  return id;\n}\n`,
    ).join("");
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.CommonJS,
  };
  const emit = (text: string): string =>
    ts.transpileModule(text, {
      fileName: join(root, "src/many.ts"),
      compilerOptions: options,
      transformers: { before: [createTransformer(ts, options)] },
    }).outputText;
  // This is a process without a compiler, whose own memory would come and go meanwhile. V8 compiles
  // and frees memory when it likes, and one of several runs may be unaffected.
  const grown = (code: string): number =>
    Array.from({ length: 5 }, () => Number(runNode(["--eval", growth], code))).toSorted(
      (a, b) => a - b,
    )[2] ?? 0;
  const bytes =
    (grown(emit(write("// @zcache ttl: 10m"))) - grown(emit(write("// plain")))) / functions;
  t.log(`${bytes} bytes`);
  t.true(bytes > 0 && bytes < 1_024, `${bytes} bytes`);
});

test.serial(
  "importing the built runtime loads one file, and neither a Redis client nor YAML",
  (t) => {
    // The built package, by the names that users import.
    const files = JSON.parse(
      runNode([
        "--eval",
        'require("zcache"); require("zcache/runtime"); console.log(JSON.stringify(Object.keys(require.cache)))',
      ]),
    ) as string[];
    t.deepEqual(
      files.filter((file) => !file.includes("/node_modules/")).map((file) => relative(root, file)),
      ["dist/runtime/zcache.js"],
    );
    const { dependencies, peerDependencies } = manifest;
    const known = Object.keys({ ...dependencies, ...peerDependencies });
    const loaded = known.filter((name) =>
      files.some((file) => file.includes(`/node_modules/${name}/`)),
    );
    t.deepEqual(loaded, []);
  },
);

/** Returns by how many bytes the heap grows when the module in the input runs. */
const growth = `
  const runtime = require("./dist/runtime/runtime.js");
  const code = require("node:fs").readFileSync(0, "utf8");
  gc();
  const before = process.memoryUsage().heapUsed;
  new Function("exports", "require", code)((global.kept = {}), () => runtime);
  gc();
  console.log(process.memoryUsage().heapUsed - before);
`;

/** Returns the JSON that a script prints in a process of its own. */
function measure(script: string): unknown {
  return JSON.parse(
    runNode(["--require", join(__dirname, "../../support/ts-node.cjs"), "--eval", script]),
  );
}

function runNode(options: readonly string[], input = ""): string {
  return execFileSync(process.execPath, ["--expose-gc", ...options], {
    cwd: root,
    input,
    encoding: "utf8",
  });
}

/** Creates cached functions on the test's Redis, and counts what they send. */
async function createWatched(t: ExecutionContext) {
  const client = server.client();
  await client.flushall();
  const name = `counted ${++caches}`;
  configure(name, { backend: new RedisBackend(client), deadline: "10s" });
  const loads = { count: 0, sentBefore: 0 };
  const { promise: released, resolve: release } = deferred();
  let sent = 0;
  const { sendCommand } = client;
  client.sendCommand = (...args) => {
    sent++;
    return sendCommand.apply(client, args);
  };
  const cached = <A extends unknown[]>(
    plan: Partial<Plan>,
    load: (...args: A) => Promise<unknown>,
  ) =>
    wrap(
      () => ({ name: "f", key: keyOver((...args: unknown[]) => args), cache: name, ...plan }),
      load as never,
    ) as (...args: A) => Promise<unknown>;
  const tag = (text: string, position: number) =>
    template([text, ""], (...args: unknown[]) => [args[position]]);
  const count = createCounter(client);
  // From the second time on, scripts are sent by their hash.
  const warm = cached({ name: "warm", tags: [tag("warm:", 0)] }, async (id: number) => id);
  await warm(1);
  await cacheNamed(name).idle();
  t.teardown(() => client.disconnect());
  return {
    name,
    loads,
    row: cached({ name: "row" }, async (id: number) => {
      loads.sentBefore = sent;
      return { id };
    }),
    async sentBeforeLoader(work: () => Promise<unknown>) {
      sent = 0;
      await work();
      return loads.sentBefore;
    },
    tagged: cached(
      { name: "tagged", tags: [tag("row:", 0), tag("org:", 1)] },
      async (id: number, org: number) => ({
        id,
        org,
      }),
    ),
    page: cached({ name: "page" }, async (id: number) => ({
      rows: Array.from({ length: 200 }, (_, n) => ({ id, n, title: "A title" })),
    })),
    rows: cached(
      { name: "rows", batch: "array", rest: false, key: keyOver((id: unknown) => [id]) },
      async (ids: readonly number[]) => ids.map((id) => ({ id })),
    ),
    slow: cached({ name: "slow" }, async (id: number) => {
      loads.count++;
      await released;
      return { id };
    }),
    release,
    count: async (work: () => Promise<unknown>) => {
      await cacheNamed(name).idle();
      return count(async () => {
        await work();
        await cacheNamed(name).idle();
      });
    },
  };
}

/**
 * Counts the commands that the client sent, without those inside scripts, and its writes to its
 * socket.
 */
function createCounter(client: Redis) {
  return async (work: () => Promise<unknown>): Promise<{ commands: string[]; writes: number }> => {
    const monitor = await server.client().monitor();
    const seen: string[][] = [];
    monitor.on(
      "monitor",
      (_time: string, args: string[], source: string) => source !== "lua" && seen.push(args),
    );
    const socket = client.stream as unknown as { _writeGeneric(...args: unknown[]): void };
    const write = socket._writeGeneric;
    let writes = 0;
    socket._writeGeneric = function (this: unknown, ...args) {
      writes++;
      write.apply(this, args);
    };
    await work();
    socket._writeGeneric = write;
    await client.echo("the end");
    await until("the monitor has seen the end", async () =>
      seen.some(([, text]) => text === "the end"),
    );
    monitor.disconnect();
    const commands = seen
      .map(([command]) => String(command).toLowerCase())
      .filter((command) => !["echo", "info", "client", "hello"].includes(command));
    return { commands, writes };
  };
}
