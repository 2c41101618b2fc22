import { request } from "node:http";
import test from "ava";
import { type Backend } from "../../../runtime/backends/backend";
import { MemoryBackend } from "../../../runtime/backends/memory-backend";
import { createStored } from "../../../runtime/entry/entry";
import { createStudio } from "../../../studio/server/create-studio";
import { functionReport, processReport } from "./support/report";
import { GivenSource, locked, projectWith, serve, type Served } from "./support/served";

/** Stores an entry as a call does. */
async function store(
  backend: Backend,
  key: string,
  bytes: Buffer | string,
  ttlMs = 60_000,
  versionKeys: string[] = [],
): Promise<void> {
  await backend.acquire([{ key, token: "aaaaaaaa", leaseMs: 1_000, seenId: null, force: true }]);
  await backend.write([{ key, token: "aaaaaaaa", bytes, ttlMs, versionKeys }]);
}

async function withKey(
  t: import("ava").ExecutionContext,
  more: Parameters<typeof locked>[1] = {},
): Promise<{ served: Served; source: GivenSource }> {
  const source = new GivenSource();
  const project = projectWith(t, [
    locked("shop.item", { tags: ["item:{id}"], ...more }),
    locked("shop.plain"),
  ]);
  return { served: await serve(t, { source, project, allowWrites: true }), source };
}

test("a session says what Studio shows, and what the user may do", async (t) => {
  const { served } = await withKey(t);
  const { json } = await served.ask("/api/v1/session");
  t.like(json, { api: 1, mayWrite: true, whyNot: null, source: "a test", mayRefresh: true });
  t.regex(json.token, /^[\w-]{32}$/);
});

test("requests are routed below any prefix, with a framework's originalUrl and without", async (t) => {
  const { served } = await withKey(t);
  for (const path of ["/api/v1/session", "/studio/api/v1/session", "/a/b/c/api/v1/session"])
    t.is((await served.ask(path)).status, 200);
  const redirect = await served.ask("/studio");
  t.is(redirect.status, 308);
  t.is(redirect.headers.location, "studio/");
});

for (const path of [
  "/api/v1/nothing",
  "/api/v1/__proto__",
  "/api/v1/constructor",
  "/api/v1/toString",
  "/api/v2/session",
  "/assets/../../package.json",
  "/assets/..%2f..%2fpackage.json",
  "/assets/nothing.js",
  "/etc/passwd.txt",
]) {
  test(`${path} is not found`, async (t) => {
    const { served } = await withKey(t);
    t.true([404, 503].includes((await served.ask(path)).status));
  });
}

for (const path of [
  "key",
  "key?key=",
  `key?key=${"x".repeat(9_000)}`,
  "function",
  "keys?name=shop.item",
  "keys?name=shop.item&arguments=5",
  "keys?name=shop.item&arguments={}",
  "overview?seconds=-1",
  "overview?seconds=1e9",
  "overview?seconds=x",
  "events?after=-1",
  "events?after=x",
  "timeline?seconds=5",
]) {
  test(`${path.slice(0, 40)} is answered with what is wrong`, async (t) => {
    const { served } = await withKey(t);
    const answer = await served.ask(`/api/v1/${path}`);
    t.is(answer.status, 400);
    t.true(answer.json.error.length > 10);
  });
}

test("a key at which nothing is stored is absent", async (t) => {
  const { served } = await withKey(t);
  const { json } = await served.ask("/api/v1/key?key=shop.plain%7C5");
  t.like(json, { key: "shop.plain|5", state: "absent", bytes: null, value: null });
  t.deepEqual(json.owner, { name: "shop.plain", values: [{ name: "id", text: "5" }] });
});

test("an entry is shown as a tree, with its function, its arguments and its age", async (t) => {
  const source = new GivenSource({ jitter: 0, ttl: "1m" });
  const served = await serve(t, { source, project: projectWith(t, [locked("shop.plain")]) });
  await store(
    source.cache.settings.backend,
    "shop.plain|5",
    '{"price":[1,2],"name":"<b>\\u001b[31m"}',
    60_000,
  );
  const { json } = await served.ask("/api/v1/key?key=shop.plain%7C5");
  t.like(json, { state: "fresh", codec: "json", cache: "default", payloadBytes: 38 });
  t.true(json.ageMs >= 0 && json.ageMs < 60_000);
  t.deepEqual(
    json.value.children.map(
      ({ name, value }: { name: string; value: { kind: string; text: string | null } }) => [
        name,
        value.kind,
        value.text,
      ],
    ),
    [
      ["price", "array", null],
      ["name", "string", "<b>\u001b[31m"],
    ],
  );
});

test("an entry shows whether each of its tags is current", async (t) => {
  const { served, source } = await withKey(t);
  const { backend } = source.cache.settings;
  const versionKey = source.cache.versionKey("item:5");
  const [version] = await backend.ensureVersions([
    { key: versionKey, seed: "12345678", ttlMs: 60_000 },
  ]);
  const bytes = createStored(
    "idididid",
    { versions: [version ?? ""], times: null, resultTags: [] },
    "7",
  );
  await store(backend, "shop.item|5", bytes, 60_000, [versionKey]);

  const before = (await served.ask("/api/v1/key?key=shop.item%7C5")).json;
  t.is(before.state, "fresh");
  t.like(before.tags[0], { tag: "item:5", isCurrent: true });

  t.is((await served.post("/api/v1/invalidate", { tag: "item:5" })).status, 200);
  const after = (await served.ask("/api/v1/key?key=shop.item%7C5")).json;
  t.is(after.state, "invalidated");
  t.like(after.tags[0], { tag: "item:5", isCurrent: false });
  t.regex(after.explanation, /item:5/);
});

test("a lease, damaged bytes and an expired entry are distinguished", async (t) => {
  const { served, source } = await withKey(t);
  const { backend } = source.cache.settings;
  await backend.acquire([
    { key: "shop.plain|1", token: "aaaaaaaa", leaseMs: 5_000, seenId: null, force: false },
  ]);
  t.like((await served.ask("/api/v1/key?key=shop.plain%7C1")).json, {
    state: "loading",
    value: null,
  });

  await store(backend, "shop.plain|2", Buffer.from("\0zc\x09 something newer", "latin1"));
  t.is((await served.ask("/api/v1/key?key=shop.plain%7C2")).json.state, "unreadable");

  const stale = createStored(
    "idididid",
    { versions: [], times: { freshUntil: Date.now() - 5_000, loadMs: 12 }, resultTags: [] },
    "7",
  );
  await store(backend, "shop.plain|3", stale);
  const { json } = await served.ask("/api/v1/key?key=shop.plain%7C3");
  t.like(json, { state: "stale", loadMs: 12 });
});

test("values of functions that are redacted are hidden, and so are those of unknown keys", async (t) => {
  const source = new GivenSource();
  const redact = (name: string) => name !== "shop.plain";
  const served = await serve(t, {
    source,
    project: projectWith(t, [locked("shop.item"), locked("shop.plain")]),
    redact,
  });
  for (const key of ["shop.item|5", "shop.plain|5", "who.knows|5"])
    await store(source.cache.settings.backend, key, '"secret"');
  const textOf = async (key: string): Promise<string> =>
    (await served.ask(`/api/v1/key?key=${encodeURIComponent(key)}`)).text;
  t.false((await textOf("shop.item|5")).includes("secret"));
  t.false((await textOf("who.knows|5")).includes("secret"));
  t.true((await textOf("shop.plain|5")).includes("secret"));
});

test("a redact that throws hides the value", async (t) => {
  const source = new GivenSource();
  const redact = (): boolean => {
    throw new Error("no");
  };
  const served = await serve(t, { source, project: projectWith(t, [locked("shop.item")]), redact });
  await store(source.cache.settings.backend, "shop.item|5", '"secret"');
  t.false((await served.ask("/api/v1/key?key=shop.item%7C5")).text.includes("secret"));
});

test("a value of many megabytes is cut", async (t) => {
  const { served, source } = await withKey(t);
  await store(
    source.cache.settings.backend,
    "shop.plain|1",
    JSON.stringify({ long: "x".repeat(9_000_000) }),
  );
  const answer = await served.ask("/api/v1/key?key=shop.plain%7C1");
  t.true(answer.text.length < 10_000);
  t.like(answer.json.value.children[0].value, { kind: "string", size: 9_000_000, cut: true });
  await store(
    source.cache.settings.backend,
    "shop.plain|2",
    JSON.stringify("x".repeat(11_000_000)),
  );
  t.regex((await served.ask("/api/v1/key?key=shop.plain%7C2")).json.valueHidden, /bytes/);
});

test("the keys of a call are made from its arguments", async (t) => {
  const source = new GivenSource({ namespace: "v1" });
  const project = projectWith(t, [
    locked("shop.item"),
    locked("shop.user", { key: "user:{user.id}-{1}", parameters: ["user", "lang"] }),
    locked("shop.many", { batch: true, parameters: ["ids"], key: "shop.many|{ids}" }),
    locked("shop.own", { key: "own:{id.trim()}" }),
    locked("shop.versioned", { version: "auto", fingerprint: "1234abcd" }),
  ]);
  const served = await serve(t, { source, project });
  const keysOf = async (name: string, args: unknown[]): Promise<unknown> => {
    const query = new URLSearchParams({ name, arguments: JSON.stringify(args) });
    const { json } = await served.ask(`/api/v1/keys?${query}`);
    return json.keys ?? json.error;
  };
  t.deepEqual(await keysOf("shop.item", [5]), ["v1:shop.item|5"]);
  t.deepEqual(await keysOf("shop.item", ["a-b"]), ['v1:shop.item|"a-b"']);
  t.deepEqual(await keysOf("shop.user", [{ id: 7 }, "en"]), ["v1:user:7-en"]);
  t.deepEqual(await keysOf("shop.many", [[1, 2]]), ["v1:shop.many|1", "v1:shop.many|2"]);
  t.deepEqual(await keysOf("shop.versioned", [1]), ["v1:shop.versioned@1234abcd|1"]);
  t.regex(String(await keysOf("shop.own", ["x"])), /only the program/);
  t.regex(String(await keysOf("shop.nobody", [1])), /lock file/);
});

test("invalidating and refreshing are carried out, or say why not", async (t) => {
  const { served, source } = await withKey(t);
  const { backend } = source.cache.settings;
  await store(backend, "shop.plain|1", "1");
  t.is((await served.post("/api/v1/invalidate", { key: "shop.plain|1" })).status, 200);
  t.deepEqual(await backend.read(["shop.plain|1"]), [null]);
  t.is((await served.post("/api/v1/invalidate", {})).status, 400);
  t.is((await served.post("/api/v1/invalidate", { key: "a", tag: "b" })).status, 400);
  t.is((await served.post("/api/v1/invalidate", { key: "tag:a~" })).status, 400);
  t.is((await served.post("/api/v1/invalidate", { key: 5 })).status, 400);
  source.knowsCalls = false;
  const refused = await served.post("/api/v1/refresh", { key: "shop.plain|1" });
  t.is(refused.status, 409);
  source.isProgram = false;
  t.is((await served.post("/api/v1/pause", { paused: true })).status, 409);
});

test("a long body is refused, and a body that is not JSON is named", async (t) => {
  const { served } = await withKey(t);
  t.is((await served.post("/api/v1/invalidate", { key: "x".repeat(70_000) })).status, 413);
  const { token } = (await served.ask("/api/v1/session")).json as { token: string };
  const answer = await served.ask("/api/v1/invalidate", {
    method: "POST",
    headers: { "x-zcache-token": token },
    body: "[1",
  });
  t.is(answer.status, 400);
});

test("a store that can't be asked is reported in the answer, and the rest continues", async (t) => {
  const backend = new MemoryBackend();
  const source = new GivenSource({ backend });
  const served = await serve(t, { source, project: projectWith(t, [locked("shop.item")]) });
  backend.read = () => Promise.reject(new Error("connection lost"));
  source.tellTrouble("redis failed: connection lost");
  const answer = await served.ask("/api/v1/key?key=shop.item%7C5");
  t.is(answer.status, 503);
  t.regex(answer.json.error, /connection lost/);
  t.is((await served.ask("/api/v1/overview")).json.storeTrouble, "redis failed: connection lost");
});

test("names and texts with markup, escapes and __proto__ are data", async (t) => {
  const { served, source } = await withKey(t);
  const name = '__proto__<img src=x onerror="alert(1)">\u001b[2J';
  source.give(
    processReport(
      "p",
      1,
      [
        functionReport(name, { miss: 1 }),
        functionReport("__proto__", { miss: 1 }),
        functionReport("constructor", { hit: 2 }),
      ],
      {
        events: [
          { at: 1, type: "miss", cache: "default", name, keys: ["__proto__"], text: "</script>" },
        ],
      },
    ),
  );
  const { json } = await served.ask("/api/v1/overview?seconds=0");
  const names = json.functions.map((one: { name: string }) => one.name);
  t.true(names.includes(name) && names.includes("__proto__") && names.includes("constructor"));
  t.is((await served.ask(`/api/v1/function?name=__proto__&seconds=0`)).json.name, "__proto__");
  t.is((await served.ask("/api/v1/events")).json.events[0].text, "</script>");
});

test("a live reader gets an overview at once and later events, and the server forgets it when it leaves", async (t) => {
  const { served, source } = await withKey(t);
  const seen: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const client = request(
      { host: "127.0.0.1", port: served.port, path: "/api/v1/live?seconds=60" },
      (response) => {
        t.is(response.headers["content-type"], "text/event-stream; charset=utf-8");
        response.on("data", (part: Buffer) => {
          seen.push(part.toString());
          if (seen.length === 1)
            source.give(
              processReport("p", 1, [], {
                events: [
                  { at: 1, type: "flush", cache: "default", name: null, keys: [], text: null },
                ],
              }),
            );
          if (seen.join("").includes("event: events")) {
            client.destroy();
            resolve();
          }
        });
      },
    );
    client.on("error", (error) =>
      seen.join("").includes("event: events") ? resolve() : reject(error),
    );
    client.end();
  });
  t.regex(seen.join(""), /event: overview\ndata: \{"at"/);
});

test("at most twenty pages are open at once", async (t) => {
  const { served } = await withKey(t);
  const open = (): Promise<number> =>
    new Promise((resolve) => {
      const client = request(
        { host: "127.0.0.1", port: served.port, path: "/api/v1/live" },
        (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        },
      );
      client.on("error", () => {});
      client.end();
      t.teardown(() => void client.destroy());
    });
  const statuses = [];
  for (let i = 0; i < 22; i++) statuses.push(await open());
  t.deepEqual(statuses.filter((status) => status === 429).length, 2);
});

test("closing ends streams and stops watching", async (t) => {
  const { served, source } = await withKey(t);
  t.true(source.isWatched);
  await served.close();
  t.false(source.isWatched);
});

test("a wrong option is named", (t) => {
  t.throws(() => createStudio({ autorize: () => true } as never), {
    message: /autorize.*Did you mean "authorize"/,
  });
  t.throws(() => createStudio({ authorize: "bob" as never }), { message: /authorize/ });
  t.throws(() => createStudio({ allowWrites: 1 as never }), { message: /allowWrites/ });
});
