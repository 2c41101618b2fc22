import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import anyTest, { type TestFn } from "ava";
import { type Browser } from "playwright-core";
import { startBrowser } from "../browser";
import { type FakeServer, startFakeServer, Stream } from "./support/fake-server";
import {
  answers,
  eventRow,
  functionDetail,
  functionRow,
  functions,
  keyDetail,
  leaf,
  neverHit,
  overview,
  processRow,
  session,
  timeline,
} from "./support/fixtures";
import { type OpenedPage, openPage, scrollsSideways, seriousFaults } from "./support/open-page";
import { until } from "./support/until";

const test = anyTest as TestFn<OpenedPage & { server: FakeServer }>;
const built = join(__dirname, "../../../dist/studio/page");

let browser: Browser | undefined;

test.before(async () => {
  browser = await startBrowser();
});

test.after.always(async () => {
  await browser?.close();
});

test.beforeEach(async (t) => {
  const server = await startFakeServer(answers());
  server.send("overview", overview());
  t.context = { server, ...(await openPage(browser as Browser)) };
});

test.afterEach.always(async ({ context: { page, server } }) => {
  await page?.context().close();
  await server?.stop();
});

/** It has each page by its address, and something that it shows once it is there. */
const pages: Record<string, string> = {
  now: ".chart canvas",
  functions: "tbody tr a",
  [`function?name=${neverHit.name}`]: ".advice",
  [`key?key=${encodeURIComponent(`${neverHit.name}|1`)}`]: ".tree .leaf",
  tags: ".graph svg",
  events: "tbody tr a",
  [`flight?name=${neverHit.name}`]: ".flight .load",
};

test.serial(
  "the page is a script and a style sheet with hashes in their names, 120 kB at most and without source maps",
  (t) => {
    const files = readdirSync(built);
    t.is(files.length, 4);
    const kinds = files.map((file) => file.replace(/-\w{8}\./, "-HASH.")).sort();
    t.deepEqual(kinds, ["app-HASH.css", "app-HASH.js", "index.html", "manifest.json"]);
    const sizes = files.map((file) => gzipSync(readFileSync(join(built, file))).length);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    t.true(total <= 120_000, `${total} bytes`);
    t.log(`${total} bytes, gzipped`);
    const script = readFileSync(
      join(built, files.find((file) => file.endsWith(".js")) ?? ""),
      "utf8",
    );
    t.notRegex(script, /sourceMappingURL|\beval\(|new Function\(/);
  },
);

for (const [address, shown] of Object.entries(pages)) {
  const name = address.replace(/\?.*/, "");

  test.serial(
    `${name} works under a strict policy and below a prefix, and asks only its own server`,
    async (t) => {
      const { page, server, errors, requests } = t.context;
      await page.goto(`${server.url}#/${address}`);
      await page.waitForSelector(shown);
      t.deepEqual(errors, []);
      t.deepEqual(
        requests.filter((url) => !url.startsWith(server.url) && !url.startsWith("data:")),
        [],
      );
    },
  );

  for (const colorScheme of ["light", "dark"] as const) {
    test.serial(`axe finds no serious fault on ${name}, ${colorScheme}`, async (t) => {
      const { page, server } = t.context;
      await page.emulateMedia({ colorScheme });
      await page.goto(`${server.url}#/${address}`);
      await page.waitForSelector(shown);
      t.deepEqual(await seriousFaults(page), []);
    });
  }

  test.serial(`${name} fits a window of 360 pixels`, async (t) => {
    const { page, server } = t.context;
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(`${server.url}#/${address}`);
    await page.waitForSelector(shown.replace(".graph svg", "tbody tr a"));
    t.false(await scrollsSideways(page));
  });
}

test.serial(
  "the function with the worst hit rate is the first row, with the reason beside it, and one click leads to its misses",
  async (t) => {
    const { page, server } = t.context;
    await page.goto(server.url);
    const first = page.locator("main tbody tr").first();
    t.regex(
      await first.innerText(),
      /Search\.find[^]*0 %[^]*Never hit: each call has another requestId/,
    );
    await first.getByRole("link").click();
    await page.waitForSelector(".reasons");
    t.is(await page.innerText("h1"), "Search.find");
    t.regex(
      await page.innerText(".advice"),
      /Problem: Never hit[^]*Based on: 0 hits in 1,204 calls/,
    );
    t.regex(await page.innerText(".reasons"), /not there[^]*91\.4 %[^]*1,100/);
    t.is(
      await page.getByRole("link", { name: "search.ts:12" }).getAttribute("href"),
      "vscode://file/srv/shop/src/search.ts:12",
    );
  },
);

test.serial("a function that was called a few times only is not the worst one", async (t) => {
  const { page, server } = t.context;
  server.send(
    "overview",
    overview({ functions: [functionRow("shop.once.load", 0, 1), ...functions] }),
  );
  await page.goto(server.url);
  const rows = page.locator("main table").first().locator("tbody tr");
  t.regex(await rows.first().innerText(), /Search\.find/);
  t.regex(await rows.last().innerText(), /load[^]*too few calls to judge/);
});

test.serial("figures change as they arrive, and show their age when no more arrive", async (t) => {
  const { page, server } = t.context;
  await page.clock.install();
  await page.goto(server.url);
  await page.waitForSelector(".figure");
  server.send("overview", overview({ total: { ...overview().total, calls: 777_777 } }));
  await page.waitForSelector("text=777,777");
  await page.clock.fastForward(8000);
  await page.waitForSelector(".connection.silent");
  t.regex(await page.innerText(".connection"), /silent, waiting.*old/s);
  server.send("overview", overview());
  await page.waitForSelector(".connection.open");
});

test.serial(
  "a server that goes away is contacted again until it is back, and its new token is fetched",
  async (t) => {
    const { page, server } = t.context;
    await page.goto(server.url);
    await page.waitForSelector(".connection.open");
    await server.stop();
    await page.waitForSelector(".connection.lost");
    t.regex(await page.innerText(".connection"), /Connection lost, retrying/);
    t.is(await page.locator(".figure").count(), 10, "the last figures stay");
    server.answers["session"] = () => ({ ...session, token: "token-2" });
    await server.start();
    await page.waitForSelector(".connection.open");
    await page.getByRole("button", { name: "Pause the cache" }).click();
    await page.waitForSelector(".announcement.done");
    t.deepEqual(server.posted, [{ action: "pause", token: "token-2", body: { paused: true } }]);
  },
);

test.serial(
  "a proxy's error in place of the stream ends nothing, because the stream is requested again",
  async (t) => {
    const { page, server } = t.context;
    await page.route(
      "**/api/v1/live*",
      (route) => route.fulfill({ status: 502, body: "bad gateway" }),
      { times: 2 },
    );
    await page.goto(server.url);
    await page.waitForSelector(".connection.lost");
    await page.waitForSelector(".connection.open");
    await page.waitForSelector(".figure");
    t.pass();
  },
);

test.serial(
  "a store that does not answer is reported at the top, and the page stays usable",
  async (t) => {
    const { page, server } = t.context;
    await page.goto(server.url);
    server.send("overview", overview({ storeTrouble: "Redis does not answer: no reply in 1 s." }));
    await page.waitForSelector(".trouble");
    t.regex(
      await page.innerText(".trouble"),
      /The store does not answer: Redis does not answer: no reply in 1 s\./,
    );
    server.answers["key"] = () => {
      throw new Error("Redis does not answer: no reply in 1 s.");
    };
    await page.keyboard.press("g");
    await page.keyboard.press("k");
    await page.getByLabel("Paste a key").fill("a|1");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".trouble >> nth=1");
    server.send("overview", overview());
    await page.locator(".trouble").nth(1).waitFor({ state: "detached" });
    t.pass();
  },
);

test.serial("a user that the server refuses is told why", async (t) => {
  const { page, server } = t.context;
  await page.route("**/api/v1/session", (route) =>
    route.fulfill({ status: 403, json: { error: "authorize(request) says no." } }),
  );
  await page.goto(server.url);
  t.regex(await page.innerText(".trouble"), /shows you nothing: authorize\(request\) says no\./);
});

test.serial(
  "an entry is invalidated after a question, with the token; Cancel and Escape leave it",
  async (t) => {
    const { page, server, errors } = t.context;
    await page.goto(`${server.url}#/key?key=a%7C1`);
    const invalidate = page.getByRole("button", { name: "Invalidate" }).first();
    await invalidate.click();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.waitForSelector("dialog", { state: "detached" });
    await invalidate.click();
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { state: "detached" });
    t.deepEqual(server.posted, []);
    await invalidate.click();
    await page.locator("dialog").getByRole("button", { name: "Invalidate" }).click();
    await page.waitForSelector(".announcement.done");
    t.deepEqual(server.posted, [
      { action: "invalidate", token: "token-1", body: { key: "a|1", cache: "default" } },
    ]);
    t.deepEqual(errors, []);
  },
);

test.serial(
  "a token that the server no longer knows is fetched again, and the refused request is repeated once",
  async (t) => {
    const { page, server } = t.context;
    await page.goto(`${server.url}#/tags?invalidate=${encodeURIComponent("book:42")}`);
    await page.waitForSelector(".figure, .graph");
    server.answers["session"] = () => ({ ...session, token: "token-9" });
    await page.getByRole("button", { name: "Invalidate" }).click();
    await page.locator("dialog").getByRole("button", { name: "Invalidate" }).click();
    await page.waitForSelector(".announcement.done");
    t.deepEqual(server.posted, [
      { action: "invalidate", token: "token-9", body: { tag: "book:42", cache: "default" } },
    ]);
  },
);

test.serial(
  "a template of a tag can't be invalidated before its braces have a value",
  async (t) => {
    const { page, server } = t.context;
    await page.goto(`${server.url}#/tags`);
    await page.getByRole("link", { name: "book:{id}" }).first().click();
    const field = page.getByLabel("Invalidate a tag");
    await until(async () => (await field.inputValue()) === "book:{id}");
    t.true(await page.getByRole("button", { name: "Invalidate" }).isDisabled());
    await field.fill("book:42");
    t.false(await page.getByRole("button", { name: "Invalidate" }).isDisabled());
  },
);

test.serial("for a user that may not write, the buttons are disabled and say why", async (t) => {
  const { page, server } = t.context;
  server.answers["session"] = () => ({
    ...session,
    mayWrite: false,
    whyNot: "authorizeWrite is not set.",
  });
  await page.goto(`${server.url}#/key?key=a%7C1`);
  const button = page.getByRole("button", { name: "Invalidate" });
  await page.waitForSelector("button[title^=authorizeWrite]");
  t.true(await button.isDisabled());
  t.is(await button.getAttribute("title"), "authorizeWrite is not set.");
});

test.serial(
  "a key is found by the arguments of a call, written without brackets or with them",
  async (t) => {
    const { page, server } = t.context;
    await page.goto(`${server.url}#/key`);
    await page.locator("option", { hasText: neverHit.name }).waitFor({ state: "attached" });
    await page.getByLabel("or choose a function").selectOption(neverHit.name);
    await page.getByLabel("and write the call's arguments").fill('42, "tolstoy"');
    await page.getByRole("button", { name: "Show the call's key" }).click();
    await page.waitForSelector("h2.key");
    t.is(await page.innerText("h2.key"), `${neverHit.name}|[42, "tolstoy"]`);
    await page.getByLabel("and write the call's arguments").fill("42, {");
    t.regex(await page.innerText("#arguments-problem"), /as JSON/);
    t.true(await page.getByRole("button", { name: "Show the call's key" }).isDisabled());
  },
);

test.serial(
  "a value is a tree whose branches are drawn when they are opened, and long texts are cut",
  async (t) => {
    const { page, server } = t.context;
    const long = "x".repeat(9000);
    server.answers["key"] = (query) =>
      keyDetail(query.get("key") ?? "", {
        value: {
          kind: "array",
          text: null,
          size: 100_000,
          cut: true,
          children: [
            { name: "0", value: leaf("string", long, true) },
            ...Array.from({ length: 999 }, (_, i) => ({
              name: `${i + 1}`,
              value: {
                kind: "object",
                text: null,
                size: 1,
                cut: false,
                children: [{ name: "deep", value: leaf("number", "7") }],
              },
            })),
          ],
        },
      });
    await page.goto(`${server.url}#/key?key=a%7C1`);
    await page.waitForSelector(".tree .leaf");
    t.is(await page.locator(".tree .branch").count(), 100, "99 of its branches and itself");
    t.is(await page.locator(".tree").getByText("deep").count(), 0);
    t.true((await page.locator(".tree .leaf").first().innerText()).length < 400);
    await page.getByRole("button", { name: "show more (8,800 characters)" }).click();
    t.true((await page.locator(".tree .leaf").first().innerText()).length > 4000);
    await page.locator(".tree .branch .branch > summary").first().click();
    await page.waitForSelector(".tree >> text=deep");
    await page.getByRole("button", { name: "show more (900)" }).click();
    await page.locator(".tree .branch").nth(999).waitFor();
    t.regex(await page.locator(".tree").innerText(), /99,000 more are not shown/);
  },
);

test.serial("every text from outside is shown as what it is, on every page", async (t) => {
  const { page, server, errors } = t.context;
  const hostile = `<img src=x onerror="window.ran=1"><script>window.ran=1</script>\u202Egnp.exe\u0000\u001b[31m\u200B __proto__`;
  const name = `shop.a.${hostile}`;
  const row = functionRow(name, 1, 99, {
    label: hostile,
    place: { file: `/src/${hostile}`, line: 1 },
    advice: { grade: "problem", text: hostile, basis: hostile },
  });
  const detail = functionDetail(row, { missReasons: JSON.parse('{"__proto__": 5, "absent": 1}') });
  server.send(
    "overview",
    overview({
      functions: [row],
      processes: [
        processRow(hostile, {
          process: { ...processRow("a").process, title: hostile, host: hostile },
        }),
      ],
      storeTrouble: hostile,
    }),
  );
  server.send("notice", { text: hostile });
  Object.assign(server.answers, {
    session: () => ({ ...session, source: hostile, editor: "javascript:window.ran=1//{file}" }),
    functions: () => [row],
    function: () => detail,
    misses: () => [
      { at: 1, name, key: hostile, reason: "tag", tag: hostile, detail: hostile, process: hostile },
    ],
    key: () =>
      keyDetail(hostile, {
        explanation: hostile,
        owner: { name, values: [{ name: "__proto__", text: hostile }] },
        value: {
          kind: "object",
          text: null,
          size: 2,
          cut: false,
          children: [
            { name: "__proto__", value: leaf("string", hostile) },
            { name: hostile, value: leaf(hostile, hostile) },
          ],
        },
      }),
    tags: () => ({
      tags: [
        {
          tag: hostile,
          functions: [name],
          invalidatedIn: [hostile],
          invalidations: 0,
          lastAt: null,
        },
      ],
      recent: [{ at: 1, tag: hostile, process: hostile, ended: 1 }],
    }),
    events: () => ({
      events: [eventRow(1, { type: hostile, name, keys: [hostile], text: hostile })],
      last: 1,
      leftOut: 0,
    }),
    timeline: () => ({
      ...timeline,
      name,
      loads: timeline.loads.map((load) => ({ ...load, key: hostile, process: hostile })),
    }),
  });
  const query = `name=${encodeURIComponent(name)}`;
  for (const address of [
    "now",
    "functions",
    `function?${query}`,
    `key?key=${encodeURIComponent(hostile)}`,
    "tags",
    "events",
    `flight?${query}`,
  ]) {
    await page.goto("about:blank");
    await page.goto(`${server.url}#/${address}`);
    await page.waitForSelector("main tbody tr");
    const text = await page.innerText("body");
    t.true(text.includes("<img src=x onerror="), address);
    t.true(text.includes("\\u202egnp.exe\\0\\x1b[31m\\u200b"), address);
    t.false(
      ["\u202E", "\0", "\u001b", "\u200B"].some((character) => text.includes(character)),
      address,
    );
    t.is(await page.evaluate("window.ran"), undefined, address);
    t.is(await page.locator("main img, main script, a[href^=javascript]").count(), 0, address);
    await page.setViewportSize({ width: 360, height: 740 });
    // Charts take their new width one frame later.
    await until(async () => !(await scrollsSideways(page)));
    await page.setViewportSize({ width: 1280, height: 900 });
  }
  t.deepEqual(errors, []);
});

test.serial(
  "of 100,000 functions only those in view exist, and the keyboard gets to the last",
  async (t) => {
    const { page, server } = t.context;
    const many = Array.from({ length: 100_000 }, (_, i) =>
      functionRow(`shop.m${i}.f${i}`, i, 100_000 - i),
    );
    server.answers["functions"] = () => many;
    await page.goto(`${server.url}#/functions`);
    await page.waitForSelector("tbody tr a");
    t.true((await page.locator("tbody tr").count()) < 120);
    t.is(await page.getAttribute("main table", "aria-rowcount"), "100001");
    await page.locator("tbody tr a").first().focus();
    await page.keyboard.press("End");
    await page.waitForSelector('tr[aria-rowindex="100001"] a:focus');
    await page.keyboard.press("ArrowUp");
    await page.waitForSelector('tr[aria-rowindex="100000"] a:focus');
    await page.keyboard.press("Home");
    await page.waitForSelector('tr[aria-rowindex="2"] a:focus');
    await page.keyboard.press("/");
    await page.keyboard.type("f77777");
    await page.waitForSelector('main table[aria-rowcount="2"]');
    t.regex(await page.innerText("tbody"), /f77777/);
  },
);

test.serial(
  "a search for keys shows its progress and can be stopped, and 100,000 keys can be navigated",
  async (t) => {
    const { page, server } = t.context;
    const first = new Stream();
    const second = new Stream();
    const streams = [first, second];
    server.answers["scan"] = () => streams.shift();
    await page.goto(`${server.url}#/function?name=${neverHit.name}`);
    await page.getByRole("button", { name: "Look through the store" }).click();
    await until(() => first.isOpen);
    first.send("progress", {
      scanned: 500,
      total: 2000,
      found: 1,
      keys: ["a|1"],
      isDone: false,
      isCut: false,
    });
    await page.waitForSelector("progress[value='500'][max='2000']");
    t.regex(await page.innerText(".scan"), /1 key found, 500 of about 2,000 examined…/);
    await page.getByRole("button", { name: "Stop" }).click();
    await until(() => first.isClosed);
    t.regex(await page.innerText(".scan"), /stopped/);

    await page.getByRole("button", { name: "Look again" }).click();
    await until(() => second.isOpen);
    for (let part = 0; part < 10; part++) {
      const keys = Array.from(
        { length: 10_000 },
        (_, i) => `${neverHit.name}|${part * 10_000 + i}`,
      );
      second.send("progress", {
        scanned: (part + 1) * 10_000,
        total: 100_000,
        found: (part + 1) * 10_000,
        keys,
        isDone: part === 9,
        isCut: part === 9,
      });
    }
    await page.waitForSelector("text=100,000 keys found");
    await page.waitForSelector("text=These are the first 100,000");
    await until(() => second.isClosed);
    t.is(await page.getAttribute(".scan table", "aria-rowcount"), "100001");
    t.true((await page.locator(".scan tbody tr").count()) < 120);
    await page.locator(".scan tbody a").first().focus();
    await page.keyboard.press("End");
    await page.waitForSelector('tr[aria-rowindex="100001"] a:focus');
    await page.keyboard.press("Enter");
    await page.waitForSelector("h2.key");
    t.is(await page.innerText("h2.key"), `${neverHit.name}|99999`);
  },
);

test.serial(
  "events appear as they happen, and can be paused, filtered, and copied as JSON",
  async (t) => {
    const { page, server } = t.context;
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.goto(`${server.url}#/events`);
    await page.waitForSelector("tbody tr a");
    server.send("events", {
      events: [eventRow(41, { type: "fault", keys: [], text: "GET was late" })],
      last: 41,
      leftOut: 3,
    });
    await page.waitForSelector("text=GET was late");
    t.regex(await page.locator("tbody tr").first().innerText(), /fault/, "newest first");
    t.regex(await page.innerText(".actions"), /41 of 41 events; 3 were too many to be kept/);

    await page.getByRole("button", { name: "Pause" }).click();
    server.send("events", { events: [eventRow(42), eventRow(43)], last: 43, leftOut: 0 });
    await page.getByRole("button", { name: "Go on (2 new)" }).click();
    await page.waitForSelector("text=43 of 43 events");

    await page.getByLabel("Type").selectOption("fault");
    await page.waitForSelector("text=1 of 43 events");
    await page.getByRole("button", { name: "Copy as JSON" }).click();
    await page.waitForSelector("text=1 event was copied.");
    const copied = JSON.parse(
      await page.evaluate<string>("navigator.clipboard.readText()"),
    ) as object[];
    t.deepEqual(copied, [eventRow(41, { type: "fault", keys: [], text: "GET was late" })]);
  },
);

test.serial("however many events come, the page keeps 5,000", async (t) => {
  const { page, server } = t.context;
  await page.goto(`${server.url}#/events`);
  await page.waitForSelector("tbody tr a");
  for (let part = 0; part < 12; part++) {
    const events = Array.from({ length: 1000 }, (_, i) => eventRow(100 + part * 1000 + i));
    server.send("events", { events, last: 0, leftOut: 0 });
  }
  await page.waitForSelector("text=|12099");
  t.regex(await page.innerText(".actions"), /5,000 of 5,000 events/);
  t.true((await page.locator("tbody tr").count()) < 120);
});

test.serial(
  "the time line shows loads, the callers that joined or waited and the loads in the background, and describes them in words",
  async (t) => {
    const { page, server } = t.context;
    await page.goto(`${server.url}#/flight?name=${neverHit.name}`);
    await page.waitForSelector(".flight .load");
    t.is(await page.locator(".flight > svg .load").count(), 2);
    t.is(await page.locator(".flight > svg .load.background").count(), 1);
    t.is(await page.locator(".flight > svg .join").count(), 3);
    t.is(await page.locator(".flight > svg .wait").count(), 1);
    t.is(await page.locator(".flight > svg .stale").count(), 1);
    t.regex(
      await page.innerText("main"),
      /2 loads, which 3 more callers joined: single flight saved 3\. 1 call waited for a load that had already started, here or in another process\. 1 call got a stale value at once\./,
    );
  },
);

test.serial(
  "the keyboard alone gets everywhere: skip link, pages by letters, rows by arrows, help and back",
  async (t) => {
    const { page, server } = t.context;
    const active = (what: string): Promise<string> =>
      page.evaluate<string>(`document.activeElement?.${what} ?? ""`);
    await page.goto(server.url);
    await page.waitForSelector("tbody tr a");
    await page.keyboard.press("Tab");
    t.is(await active("textContent"), "Skip to the page");
    const box = await page.locator(".skip").boundingBox();
    t.true(box !== null && box.x >= 0, "it is seen while it has the focus");
    await page.keyboard.press("Enter");
    t.is(await active("id"), "main");
    for (const [letter, title] of Object.entries({
      f: "Functions",
      k: "A key",
      t: "Tags",
      e: "Events",
      s: "Stampede and stale",
      n: "Now",
    })) {
      await page.keyboard.press("g");
      await page.keyboard.press(letter);
      await page.waitForSelector(`h1:focus:has-text("${title}")`);
      t.is(await page.title(), `${title} · zcache studio`);
    }
    await page.waitForSelector("tbody tr a");
    await page.locator("tbody tr a").first().focus();
    await page.keyboard.press("ArrowDown");
    await page.waitForSelector('a:focus:has-text("Catalog.summaries")');
    t.not(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle"), "none");
    await page.keyboard.press("Enter");
    await page.waitForSelector('h1:focus:has-text("Catalog.summaries")');
    await page.keyboard.press("?");
    await page.waitForSelector("dialog[open]");
    t.deepEqual(await seriousFaults(page), []);
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { state: "detached" });
    await page.keyboard.press("g");
    await page.keyboard.press("f");
    await page.waitForSelector("[data-search]");
    await page.keyboard.press("/");
    t.is(await active("type"), "search");
    await page.keyboard.type("gf");
    t.is(await page.inputValue("[data-search]"), "gf", "letters in a field are letters");
    t.is(await page.innerText("h1"), "Functions");
  },
);

test.serial(
  "colours follow the system until the user chooses, and the choice is remembered",
  async (t) => {
    const { page, server } = t.context;
    const ground = (): Promise<string> =>
      page.evaluate<string>("getComputedStyle(document.documentElement).backgroundColor");
    await page.emulateMedia({ colorScheme: "dark" });
    await page.goto(server.url);
    await page.waitForSelector(".chart canvas");
    t.is(await ground(), "rgb(20, 23, 26)");
    await page.getByLabel("Colours").selectOption("light");
    t.is(await ground(), "rgb(255, 255, 255)");
    await page.reload();
    await page.waitForSelector(".chart canvas");
    t.is(await ground(), "rgb(255, 255, 255)");
  },
);

test.serial("a chart has a summary in words, and its numbers as a table", async (t) => {
  const { page, server } = t.context;
  await page.goto(server.url);
  await page.waitForSelector(".chart canvas");
  t.regex(
    (await page.getAttribute(".chart [role=img]", "aria-label")) ?? "",
    /^Calls by second\. Last 1\d\d, least \d+, most \d+, over 120 seconds\./,
  );
  const chart = page.locator(".chart").first();
  await chart.locator("summary").click();
  await chart.locator("tbody tr").first().waitFor();
  t.is(await chart.locator("tbody tr").count(), 30);
});

test.serial("a page that can't show an answer leaves the others usable", async (t) => {
  const { page, server } = t.context;
  server.answers["tags"] = () => ({ tags: null, recent: [] });
  await page.goto(`${server.url}#/tags`);
  await page.waitForSelector(".trouble");
  t.regex(await page.innerText(".trouble"), /can't show what the server sent/);
  await page.keyboard.press("g");
  await page.keyboard.press("n");
  await page.waitForSelector(".figure");
  t.is(await page.innerText("h1"), "Now");
});
