import { Stream } from "./support/fake-server";
import { eventRow, functionRow, functions, neverHit, overview } from "./support/fixtures";
import { until } from "./support/until";
import { test } from "./support/use-page";

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
