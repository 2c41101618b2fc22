/**
 * These tests open Studio's page over the real bookshop: two processes use a real Redis, and the
 * first of them serves Studio.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import anyTest, { type TestFn } from "ava";
import { type Browser, type Page } from "playwright-core";
import { type Overview } from "../../../studio/api";
import { type RedisServer, startRedis } from "../../support/redis";
import { startBrowser } from "../browser";
import { type Bookshop, buildBookshop, findFreePort, type ShopProcess } from "./support/bookshop";
import { type OpenedPage, openPage, scrollsSideways, seriousFaults } from "./support/open-page";
import { until } from "./support/until";

const test = anyTest as TestFn<OpenedPage>;
const images = join(__dirname, "../../../docs/images");
const find = "bookshop.catalog.Catalog.book";
/** It reads all books, so that its loads take long enough to be joined. */
const scan = "bookshop.catalog.Catalog.booksByAuthor";

let browser: Browser;
let redis: RedisServer;
let bookshop: Bookshop;
let first: ShopProcess;
let second: ShopProcess;
let studioPort: number;
let url: string;

test.before(async () => {
  bookshop = buildBookshop();
  redis = await startRedis();
  studioPort = await findFreePort();
  url = `http://127.0.0.1:${studioPort}/`;
  first = await bookshop.start({ redisUrl: redisUrl(), studioPort });
  second = await bookshop.start({ redisUrl: redisUrl() });
  browser = await startBrowser();
  // The figures don't include what a process did before its first report.
  await until(async () => {
    const { processes, seconds } = (await (
      await fetch(`${url}api/v1/overview`)
    ).json()) as Overview;
    return processes.length === 2 && seconds >= 2;
  });
  await visit();
});

test.after.always(async () => {
  await browser?.close();
  await bookshop?.remove();
  await redis?.stop();
});

test.beforeEach(async (t) => {
  t.context = await openPage(browser);
});

test.afterEach.always(async ({ context: { page } }) => {
  await page?.context().close();
});

function redisUrl(): string {
  return `redis://127.0.0.1:${redis.port}`;
}

/**
 * Does what some customers do: they read books again and again, read summaries that are not read
 * twice, cause a stampede, and change a price.
 */
async function visit(): Promise<void> {
  for (let round = 0; round < 4; round++) {
    for (const id of [5, 505, 1005, 2005])
      await (round % 2 === 0 ? first : second).get(`/books/${id}`);
  }
  for (let id = 100; id < 130; id++) await first.get(`/summaries?ids=${id}`);
  await stampede();
  await first.get("/stats");
  await second.get("/stats");
  await first.post("/books/5/price", { priceCents: 1234 });
  await second.get("/books/5");
}

/** Sends the same request for twenty customers at once. */
async function stampede(): Promise<void> {
  const author = `Author ${stampedes++}`;
  await Promise.all(
    Array.from({ length: 20 }, () => first.get(`/authors/${encodeURIComponent(author)}/books`)),
  );
}

let stampedes = 0;

async function open(page: Page, address: string): Promise<void> {
  await page.goto(`${url}#/${address}`);
}

/**
 * It has each page by its address, and what it shows once the figures of both processes are there.
 */
const pages: Record<string, string> = {
  now: "section[aria-labelledby=processes] tbody tr >> nth=1",
  functions: "tbody tr a >> nth=3",
  [`function?name=${find}`]: ".reasons tbody tr",
  tags: ".graph .node",
  events: "tbody tr a",
  [`flight?name=${scan}`]: ".flight .load",
};

for (const [address, shown] of Object.entries(pages)) {
  const name = address.replace(/\?.*/, "");
  test.serial(
    `${name} over two processes: nothing fails, axe finds no serious fault, and it fits 360 pixels`,
    async (t) => {
      const { page, errors, requests } = t.context;
      await open(page, address);
      await page.waitForSelector(shown);
      t.deepEqual(await seriousFaults(page), []);
      await picture(page, name);
      await page.emulateMedia({ colorScheme: "dark" });
      t.deepEqual(await seriousFaults(page), []);
      if (name === "now") await picture(page, "now-dark");
      await page.setViewportSize({ width: 360, height: 740 });
      await until(async () => !(await scrollsSideways(page)));
      t.deepEqual(errors, []);
      t.deepEqual(
        requests.filter((request) => !request.startsWith(url) && !request.startsWith("data:")),
        [],
      );
    },
  );
}

test.serial(
  "from the first page, one click leads from the function with the worst hit rate to why it misses",
  async (t) => {
    const { page } = t.context;
    await open(page, "now");
    const worst = page.locator("section[aria-labelledby=worst] tbody tr").first();
    // The figures of a process arrive with its reports, once a second.
    await until(async () => (await worst.count()) > 0 && /summaries/.test(await worst.innerText()));
    await worst.getByRole("link").click();
    await page.waitForSelector(".reasons tbody tr");
    t.regex(await page.innerText("h1"), /summaries/);
    t.regex(await page.innerText(".reasons"), /not there/);
    await page.waitForSelector(".advice");
  },
);

test.serial("figures are live: a call in either process is counted within seconds", async (t) => {
  const { page } = t.context;
  await open(page, "now");
  await page.waitForSelector(".figure");
  const calls = async (): Promise<number> =>
    Number((await page.locator(".figure .number").first().innerText()).replaceAll(",", ""));
  const before = await calls();
  await first.get("/books/505");
  await second.get("/books/505");
  await until(async () => (await calls()) >= before + 2);
  t.pass();
});

test.serial(
  "a key is found by the arguments of a call, and shows its value, its tags and its age",
  async (t) => {
    const { page } = t.context;
    await first.get("/books/1005");
    await open(page, "key");
    await page.locator("option", { hasText: find }).first().waitFor({ state: "attached" });
    await page.getByLabel("or choose a function").selectOption(find);
    await page.getByLabel("and write the call's arguments").fill("1005");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".state.fresh");
    const text = await page.innerText("main");
    for (const part of [/id: 1005/, /book:1005/, /title: "/, /Age/, /Ttl left/])
      t.regex(text, part);
    t.deepEqual(await seriousFaults(page), []);
    await picture(page, "key");
    await page.setViewportSize({ width: 360, height: 740 });
    await until(async () => !(await scrollsSideways(page)));
  },
);

test.serial(
  "an entry is invalidated by hand, and its next call loads it and shows why",
  async (t) => {
    const { page } = t.context;
    await first.get("/books/2005");
    await open(page, `key?key=${encodeURIComponent(`${find}|2005`)}`);
    await page.waitForSelector(".state.fresh");
    await page.getByRole("button", { name: "Invalidate" }).click();
    await page.locator("dialog").getByRole("button", { name: "Invalidate" }).click();
    await page.waitForSelector(".announcement.done");
    await page.waitForSelector(".state:not(.fresh)");
    await first.get("/books/2005");
    await page.waitForSelector(".state.fresh");
    await page.waitForSelector("section[aria-labelledby=misses] tbody tr");
    t.pass();
  },
);

test.serial("a tag is invalidated by hand, and is among the last invalidations", async (t) => {
  const { page } = t.context;
  await first.get("/books/1005");
  await open(page, `tags?invalidate=${encodeURIComponent("book:1005")}`);
  await page.waitForSelector(".graph");
  await page.getByRole("button", { name: "Invalidate" }).click();
  await page.locator("dialog").getByRole("button", { name: "Invalidate" }).click();
  await page.waitForSelector(".announcement.done");
  await page.waitForSelector("section[aria-labelledby=recent] td:has-text('book:1005')");
  await second.get("/books/1005");
  await open(page, `function?name=${find}`);
  await page.waitForSelector(".reasons th:has-text('a tag ended')");
  t.pass();
});

test.serial("a stampede is seen as one load that the others joined", async (t) => {
  const { page } = t.context;
  await stampede();
  await open(page, `flight?name=${scan}`);
  await page.waitForSelector(".flight > svg .load");
  await page.locator(".flight > svg .join").first().waitFor({ state: "attached" });
  const text = await page.innerText("main");
  t.regex(text, /single flight saved \d+/);
  // A customer whose request comes after the loader has started doesn't join it, but waits for it.
  const [, joined = 0] = /which (\d+) more callers? joined/.exec(text) ?? [];
  const [, waited = 0] = /(\d+) calls? waited for a load/.exec(text) ?? [];
  t.true(Number(joined) + Number(waited) >= 15, text);
});

test.serial(
  "100,000 keys are scanned with a progress bar, and can be navigated with the keyboard",
  async (t) => {
    const { page } = t.context;
    const client = redis.client();
    const pipeline = client.pipeline();
    for (let i = 0; i < 100_000; i++) pipeline.set(`${find}|${1_000_000 + i}`, "x", "PX", 600_000);
    await pipeline.exec();
    await open(page, `function?name=${find}`);
    await page.getByRole("button", { name: "Look through the store" }).click();
    await page.waitForSelector(".scan table[aria-rowcount]");
    await until(async () => /examined\./.test(await page.innerText(".scan")));
    t.true(Number(await page.getAttribute(".scan table", "aria-rowcount")) > 90_000);
    t.true((await page.locator(".scan tbody tr").count()) < 120);
    await page.locator(".scan tbody a").first().focus();
    await page.keyboard.press("End");
    const last = await page.getAttribute(".scan table", "aria-rowcount");
    await page.waitForSelector(`.scan tr[aria-rowindex="${last}"] a:focus`);
    await client.flushall();
  },
);

test.serial(
  "a frozen Redis is reported at the top, and the page stays usable and continues when Redis is back",
  async (t) => {
    const { page } = t.context;
    await open(page, "now");
    await page.waitForSelector(".figure");
    redis.freeze();
    try {
      await page.waitForSelector(".trouble:has-text('The store does not answer')");
      await page.keyboard.press("g");
      await page.keyboard.press("f");
      await page.waitForSelector("h1:has-text('Functions')");
      await page.waitForSelector("tbody tr a");
      await page.waitForSelector(".connection.open");
      await open(page, `key?key=${encodeURIComponent(`${find}|5`)}`);
      await page.locator("main .trouble").nth(1).waitFor();
      t.deepEqual(await seriousFaults(page), []);
    } finally {
      redis.thaw();
    }
    await page.waitForSelector(".trouble:has-text('The store does not answer')", {
      state: "detached",
    });
    t.pass();
  },
);

test.serial(
  "the page survives a restart of the program: it says so, reconnects, and may write",
  async (t) => {
    const { page } = t.context;
    await open(page, "now");
    await page.waitForSelector(".connection.open");
    await first.stop();
    await page.waitForSelector(".connection.lost");
    first = await bookshop.start({ redisUrl: redisUrl(), studioPort });
    await page.waitForSelector(".connection.open");
    await first.get("/books/505");
    await open(page, `key?key=${encodeURIComponent(`${find}|505`)}`);
    await page.waitForSelector(".state.fresh");
    await page.getByRole("button", { name: "Invalidate" }).click();
    await page.locator("dialog").getByRole("button", { name: "Invalidate" }).click();
    await page.waitForSelector(".announcement.done");
    t.pass();
  },
);

/**
 * Saves a picture of the page for the docs if UPDATE_IMAGES=1 asks for it. Otherwise a test run
 * changes no file.
 */
async function picture(page: Page, name: string): Promise<void> {
  const bytes = await page.screenshot({ type: "png" });
  if (!process.env["UPDATE_IMAGES"]) return;
  mkdirSync(images, { recursive: true });
  writeFileSync(join(images, `studio-${name}.png`), bytes);
}
