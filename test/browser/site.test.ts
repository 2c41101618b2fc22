import { join } from "node:path";
import anyTest, { type TestFn } from "ava";
import { type Browser, type Page } from "playwright-core";
import { startBrowser } from "./browser";
import { serveSite, type SiteServer } from "./site-server";

const test = anyTest as TestFn<{ page: Page; errors: string[]; requests: string[] }>;
const screenshots = join(__dirname, "../../docs/images");

let server: SiteServer | undefined;
let browser: Browser | undefined;

test.before(async () => {
  server = await serveSite();
  browser = await startBrowser();
});

test.after.always(async () => {
  await browser?.close();
  await server?.stop();
});

test.beforeEach(async (t) => {
  const page = await (browser as Browser).newPage({ viewport: { width: 1280, height: 800 } });
  const errors: string[] = [];
  const requests: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("request", (request) => requests.push(request.url()));
  t.context = { page, errors, requests };
});

test.afterEach.always(async ({ context: { page } }) => page.close());

const urlOf = (path: string): string => `${(server as SiteServer).url}${path}`;

/** The newest source has been compiled when the status is empty again. */
async function compiled(page: Page): Promise<void> {
  await page.waitForFunction(`document.querySelector("#status").textContent === ""`);
}

test.serial(
  "the playground shows what a file becomes, and the key and tags of an example call",
  async (t) => {
    const { page, errors, requests } = t.context;
    await page.goto(urlOf("/playground/"));
    await page.waitForSelector("#keys dl");
    t.is(await page.innerText("#problems"), "None.");
    const keys = await page.innerText("#keys");
    for (const text of ["profile(5)", "playground.example.profile|5", "user:5", "10m"])
      t.true(keys.includes(text), keys);
    t.regex(await page.innerText("#emitted"), /zc_call\(profile_plan, profile_loader/);
    await page.screenshot({ path: join(screenshots, "playground.png") });
    t.deepEqual(errors, []);
    t.deepEqual(
      requests.filter((url) => !url.startsWith(urlOf("/"))),
      [],
      "no request leaves the machine",
    );
  },
);

test.serial("the checks that need types run, and a fix changes the source", async (t) => {
  const { page, errors } = t.context;
  await page.goto(urlOf("/playground/"));
  await page.waitForSelector("#keys dl");
  await page.selectOption("#examples", "A key that leaves something out");
  await page.waitForSelector("#problems li.error");
  t.regex(await page.innerText("#problems"), /Prices\.find reads this\.tenant[^]*Write key/);
  await page.click("#problems .fixes button");
  await page.waitForSelector("#problems li.none");
  t.true((await page.innerText("#source")).includes('key: "price:{sku}:{this.tenant}"'));
  t.deepEqual(errors, []);
});

test.serial(
  "a compiler error and a mistake in a directive are shown with their lines",
  async (t) => {
    const { page } = t.context;
    await page.goto(urlOf("/playground/"));
    await page.waitForSelector("#keys dl");
    await page.fill(
      '[aria-label="TypeScript source"]',
      '// @zcache ttl: 10 minutes\nexport async function f(id: number): Promise<number> {\n  return "5";\n}\n',
    );
    await page.waitForSelector("#problems li.error + li.error");
    const problems = await page.innerText("#problems");
    t.regex(problems, /Line 1 · zcache 99\d+/);
    t.regex(problems, /Line 3 · TypeScript 2322/);
  },
);

test.serial("an address carries the source", async (t) => {
  const { page } = t.context;
  await page.goto(urlOf("/playground/"));
  await page.waitForSelector("#keys dl");
  await page.fill(
    '[aria-label="TypeScript source"]',
    "// @zcache\nexport async function shared(ñ: string) { return ñ; }\n",
  );
  await compiled(page);
  await page.click("#share");
  await page.waitForSelector("#status:not(:empty)");
  const address = page.url();
  t.regex(address, /#code=[\w-]+$/);
  await page.goto("about:blank");
  await page.goto(address);
  await page.waitForSelector("#keys dl");
  t.regex(await page.innerText("#source"), /shared\(ñ: string\)/);
});

test.serial("an address that was cut off shows the first example", async (t) => {
  const { page, errors } = t.context;
  await page.goto(urlOf("/playground/#code=AAAA"));
  await page.waitForSelector("#keys dl");
  t.regex(await page.innerText("#source"), /profile/);
  t.deepEqual(errors, []);
});

test.serial("the playground fits a phone", async (t) => {
  const { page } = t.context;
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto(urlOf("/playground/"));
  await page.waitForSelector("#keys dl");
  t.true(await page.evaluate<boolean>("document.documentElement.scrollWidth <= 360"));
});

test.serial(
  "the first page leads to the others and to the playground, and can be searched",
  async (t) => {
    const { page, errors, requests } = t.context;
    await page.goto(urlOf("/"));
    await page.waitForSelector(".VPSidebar a");
    t.true((await page.innerText(".VPSidebar")).includes("Diagnostics"));
    await page.click("#local-search button");
    await page.fill("#localsearch-input", "lease");
    await page.waitForSelector("#localsearch-list li a");
    t.deepEqual(errors, []);
    t.deepEqual(
      requests.filter((url) => !url.startsWith(urlOf("/"))),
      [],
    );
  },
);
