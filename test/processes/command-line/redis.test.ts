import { existsSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { builtInCodecs } from "../../../runtime/codecs/built-in-codecs";
import { createHeader, createStored, noTerms } from "../../../runtime/entry/entry";
import { createHold } from "../../../runtime/entry/hold";
import { type RedisServer, startRedis } from "../../support/redis";
import { createShop } from "./shop";

const shop = createShop();
let server: RedisServer;
let url: string;
test.before(async () => {
  server = await startRedis();
  url = `redis://127.0.0.1:${server.port}`;
});
test.after.always(() => server?.stop());

const version = (text: string): string => text.padEnd(8, ".");
const hex = (text: string): string => Buffer.from(version(text)).toString("hex");

test.serial("get shows a plain entry as it is", async (t) => {
  await server.client().set("shop.user.profiles|7", '{"id":7,"tags":["a"]}', "PX", 3_600_000);
  const { code, output } = await shop.zcache(["get", "shop.user.profiles|7", "--redis", url]);
  t.is(
    output.replace(/^(ttl +)5\dm(?: \d+s)?$/m, "$1soon an hour"),
    `key       shop.user.profiles|7
function  profiles (src/user.ts:20)
ttl       soon an hour
header    none: the bytes are the payload
tags      0 tag versions, but profiles has 1: a miss
codec     json (guessed)
payload   21 bytes

{
  "id": 7,
  "tags": [
    "a"
  ]
}
`,
  );
  t.is(code, 0);
});

test.serial("get shows an entry's tags, and which of them have been invalidated", async (t) => {
  const client = server.client();
  const key = "shop.user.UserService.get|5-de";
  await client.set(
    key,
    createStored(
      version("id"),
      { ...noTerms, versions: [version("u1"), version("l1")] },
      Buffer.from("null"),
    ),
  );
  await client.set("tag:user:5~", version("u1"));
  await client.set("tag:lang:de~", version("l1"));
  const get = async (): Promise<string> =>
    (await shop.zcache(["get", key], { REDIS_URL: url })).output;
  const head = `key       ${key}
function  UserService.get (src/user.ts:9)
ttl       none: it stays until it is evicted
id        ${hex("id")}
lease     none
`;
  const tail = `codec     json (guessed)
payload   4 bytes

null
`;
  t.is(
    await get(),
    `${head}tags      user:5: current
          lang:de: current
          current: a hit
${tail}`,
  );
  t.is(
    (await shop.zcache(["invalidate-tag", "user:5", "user:6", "--redis", url])).output,
    "user:5: invalidated\nuser:6: no entry carries it\n",
  );
  await client.set("tag:lang:de~", version("l2"));
  t.is(
    await get(),
    `${head}tags      user:5: invalidated, or evicted: it has no version now
          lang:de: invalidated since
          invalidated: a miss
${tail}`,
  );
});

test.serial("get reads the directive's codec, and the namespaces in the key", async (t) => {
  const client = server.client();
  await client.set("staging:v1:names:1:[a]", builtInCodecs.structured.encode(new Map([["a", 1]])));
  const { output } = await shop.zcache(["get", "staging:v1:names:1:[a]", "--redis", url]);
  t.true(
    output.endsWith("codec     structured\npayload   7 bytes\n\nMap(1) { 'a' => 1 }\n"),
    output,
  );
});

test.serial("get shows who holds the lease", async (t) => {
  const client = server.client();
  const header = createHeader(version("id"), 0, [], {
    token: version("token"),
    end: "1700000000000",
  });
  await client.set("shop.user.profiles|8", header);
  const { output } = await shop.zcache(["get", "shop.user.profiles|8", "--redis", url]);
  t.is(
    output,
    `key       shop.user.profiles|8
function  profiles (src/user.ts:20)
ttl       none: it stays until it is evicted
id        ${hex("id")}
lease     held by ${hex("token")} until 2023-11-14T22:13:20.000Z
payload   none: a caller is loading it
`,
  );
});

test.serial("get of a key that no function makes guesses the codec", async (t) => {
  const client = server.client();
  await client.set("a", "- 1\n- 2\n");
  await client.set("b", builtInCodecs.structured.encode({ at: new Date(0) }));
  await client.set("c", Buffer.from([1, 2, 250]));
  const shown = async (key: string): Promise<string> => {
    const { output } = await shop.zcache(["get", key, "--redis", url]);
    return output.slice(output.indexOf("codec"));
  };
  t.is(await shown("a"), "codec    yaml (guessed)\npayload  8 bytes\n\n- 1\n- 2\n");
  t.is(
    await shown("b"),
    "codec    structured (guessed)\npayload  16 bytes\n\n{ at: 1970-01-01T00:00:00.000Z }\n",
  );
  t.is(
    await shown("c"),
    `codec    unknown\npayload  3 bytes\n\n0000  01 02 fa${" ".repeat(41)}...\n`,
  );
});

test.serial("ttl shows how long a key still lives, and that a key does not exist", async (t) => {
  await server.client().set("timed", "1", "PX", 3 * 86_400_000);
  const { output } = await shop.zcache(["ttl", "timed", "--redis", url]);
  t.regex(output, /^2d 23h 5\dm(?: \d+s)?\n$/);
  const missing = await shop.zcache(["ttl", "missing", "--redis", url]);
  t.deepEqual([missing.code, missing.output], [1, "zcache: Redis holds nothing at missing.\n"]);
  const gone = await shop.zcache(["get", "missing", "--redis", url]);
  t.deepEqual([gone.code, gone.output], [1, "zcache: Redis holds nothing at missing.\n"]);
});

test.serial("invalidate deletes entries, and says which ones existed", async (t) => {
  const client = server.client();
  await client.set("x", "1");
  const { code, output } = await shop.zcache(["invalidate", "x", "y", "--redis", url]);
  t.deepEqual([code, output], [0, "x: invalidated\ny: nothing was there\n"]);
  t.is(await client.exists("x"), 0);
});

test.serial(
  "invalidate and invalidate-tag leave what a transaction is writing to it",
  async (t) => {
    const client = server.client();
    const hold = createHold([{ token: version("writer"), end: Date.now() + 60_000 }]);
    for (const key of ["held", "tag:held~"]) await client.set(key, hold, "PX", 60_000);
    const message = "held: a transaction is writing this, and invalidates it when it has ended\n";
    t.is((await shop.zcache(["invalidate", "held", "--redis", url])).output, message);
    t.is((await shop.zcache(["invalidate-tag", "held", "--redis", url])).output, message);
    for (const key of ["held", "tag:held~"]) t.deepEqual(await client.getBuffer(key), hold);
    const { output } = await shop.zcache(["get", "held", "--redis", url]);
    t.regex(
      output,
      /^held +by 7772697465722e2e until \d{4}-.+Z\npayload +none: calls run their function/m,
    );
  },
);

test.serial("invalidate-tag takes the namespace of configure", async (t) => {
  const client = server.client();
  await client.set("staging:tag:user:9~", version("v"));
  const { output } = await shop.zcache([
    "invalidate-tag",
    "user:9",
    "--namespace",
    "staging",
    "--redis",
    url,
  ]);
  t.is(output, "user:9: invalidated\n");
  t.is(await client.exists("staging:tag:user:9~"), 0);
});

test.serial("what is invalidated here is loaded again by a running program", async (t) => {
  const source = `
import { configure, idle, RedisBackend } from "zcache";
import { Redis } from "ioredis";
declare const process: { env: Record<string, string> };
declare const console: { log(text: string): void };
const client = new Redis(process.env["REDIS_URL"] as string);
configure({ backend: new RedisBackend(client), deadline: "30s" });
// @zcache key: "load:{id}", tags: ["id:{id}"]
async function load(id: number): Promise<number> { console.log("load"); return id; }
void load(1).then(idle).then(() => client.quit());
`;
  const { project, zcache } = createShop(source);
  t.is((await project.tspc(["--skipLibCheck"])).output, "");
  const run = async (): Promise<string> =>
    (await project.node(["out/user.js"], { REDIS_URL: url })).output;
  t.deepEqual([await run(), await run()], ["load\n", ""]);
  await zcache(["invalidate", "load:1", "--redis", url]);
  t.deepEqual([await run(), await run()], ["load\n", ""]);
  await zcache(["invalidate-tag", "id:1", "--redis", url]);
  t.deepEqual([await run(), await run()], ["load\n", ""]);
});

test.serial("a Redis that can't be reached is named without its password", async (t) => {
  const { code, output } = await shop.zcache([
    "ttl",
    "x",
    "--redis",
    "redis://:secret@127.0.0.1:1",
  ]);
  t.is(code, 1);
  t.regex(output, /^zcache: redis:\/\/127\.0\.0\.1:1: connect ECONNREFUSED 127\.0\.0\.1:1\n$/);
});

/**
 * It matches escapes of terminals, C1, marks of direction, line separators and half a character.
 */
const hostile = "\x1b]0;pwned\x07\x9b31m\u202egnp.exe\u2066\u2028\ud800\u{e0041}";
const raw =
  // oxlint-disable-next-line no-control-regex -- those are what must not be there
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]|[\u{e0000}-\u{e007f}]/u;

test.serial("nothing in Redis reaches the terminal raw, or ends the command", async (t) => {
  const client = server.client();
  const { json, yaml, structured } = builtInCodecs;
  const value = { [hostile]: hostile, list: [hostile] };
  const named = {
    ...noTerms,
    resultTags: [{ name: `user:${hostile}\nkey  forged`, version: version("v") }],
  };
  const error = Object.assign(new Error(hostile), { stack: hostile });
  let shared: unknown[] = ["x"];
  for (let i = 0; i < 40; i++) shared = [shared, shared, shared];
  const lease = (end: string): string =>
    createHeader(version("id"), 0, [], { token: version("t"), end });
  const times = Buffer.from(
    createStored(
      version("id"),
      { ...noTerms, times: { freshUntil: 5, loadMs: 1 } },
      '"x"',
    ) as Buffer,
  );
  times.writeDoubleBE(1e300, 36);
  const contents: [what: string, bytes: Buffer | string][] = [
    ["json", json.encode(value)],
    ["yaml", yaml.encode({ a: "b" })],
    ["raw yaml", `a: "${hostile}"`],
    ["structured", structured.encode(value)],
    [
      "structured error",
      structured.encode({ error, map: new Map([[hostile, 1]]), pattern: new RegExp("\u202e") }),
    ],
    ["structured shared", structured.encode(shared)],
    ["tags", createStored(version("id"), named, '"x"')],
    ["lease of letters", lease("abcdefghijklm")],
    ["lease of control characters", lease("\x1b[31m       \x1b")],
    ["endless freshness", times],
    ["nested json", "[".repeat(5_000) + "]".repeat(5_000)],
    ["empty", ""],
    ["header", Buffer.from("\0zc\x01")],
    ["polluting", '\x01[{},["__proto__","isAdmin"]]'],
    ["prototype", '\x01[{"__proto__":{"a":1}}]'],
  ];
  for (const [what, bytes] of contents) {
    const key = `hostile:${what}:${hostile}`;
    await client.set(key, typeof bytes === "string" ? Buffer.from(bytes) : bytes);
    const { code, output } = await shop.zcache(["get", key, "--redis", url]);
    t.is(code, 0, `${what}: ${output}`);
    t.notRegex(output, raw, what);
    t.notRegex(output, /^key +forged/m, what);
    t.notRegex(output, /Invalid time value|\n +at /, what);
    t.true(output.length < 3_000_000, what);
  }
});

test.serial("keys that are not zcache's end no command", async (t) => {
  for (const key of [
    "shop.user.profiles|Date(99999999999999999999)",
    'shop.user.profiles|"\\x"',
    `shop.user.profiles|${"[".repeat(50_000)}`,
    `shop.user.profiles|${"json(".repeat(20_000)}`,
    `${hostile}|5`,
  ])
    for (const command of ["explain", "get"]) {
      const { output } = await shop.zcache([command, key, "--redis", url]);
      t.notRegex(output, /Invalid time value|\n +at |Maximum call stack/, key.slice(0, 60));
      t.notRegex(output, raw, key.slice(0, 60));
    }
});

test.serial("the source is shown as text, and none of it runs", async (t) => {
  const run =
    "constructor.constructor('return process')().mainModule.require('fs').writeFileSync('pwned', 'x')";
  const source = `
    interface Row { id: number; name: string }
    export class Service {
      readonly row: Row = { id: 1, name: "a" };
      // @zcache key: "a:{id.${run}}", tags: ["t:{id}:{id.${run}}", "${hostile.replaceAll("\ud800", "").replaceAll("\u2028", "")}"]
      async load(id: number): Promise<Row> { return this.row; }
      // @zcache key: "b:{row.${run}}"
      async save(row: Row): Promise<number> { return row.id; }
      // @zcache key: "c:{slug.toUpperCase()}:{row.name.length}"
      async show(slug: string, row: Row): Promise<number> { return row.id; }
    }`;
  const { project, zcache } = createShop(source);
  for (const args of [
    ["list"],
    ["list", "--format", "json"],
    ["check"],
    ["check", "--format", "github"],
    ["explain", "src/user.ts:5"],
    ["explain", "src/user.ts:7"],
    ["explain", "src/user.ts:9"],
    ["explain", "a:5"],
    ["get", "a:5", "--redis", url],
  ]) {
    const { output } = await zcache(args);
    t.notRegex(output, raw, args.join(" "));
    if (args.includes("json")) t.notThrows(() => JSON.parse(output) as unknown);
    if (args[1] === "src/user.ts:9") t.regex(output, /key +c:SLUG:4\n/);
  }
  t.false(existsSync(join(project.directory, "pwned")));
  t.false(existsSync("pwned"));
});

test.serial(
  "a database that the server lacks is an error, and nothing of another is invalidated",
  async (t) => {
    const client = server.client();
    await client.set("in database 0", "1");
    const { code, output } = await shop.zcache([
      "invalidate",
      "in database 0",
      "--redis",
      `${url}/99`,
    ]);
    t.deepEqual([code, output], [1, `zcache: ${url}/99: ERR DB index is out of range\n`]);
    t.is(await client.get("in database 0"), "1");
  },
);
