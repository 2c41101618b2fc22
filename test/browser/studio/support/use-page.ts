import anyTest, { type TestFn } from "ava";
import { type Browser } from "playwright-core";
import { startBrowser } from "../../browser";
import { type FakeServer, startFakeServer } from "./fake-server";
import { answers, overview } from "./fixtures";
import { type OpenedPage, openPage } from "./open-page";

/**
 * The tests of a file that imports this share a browser. Each has a page and a server of its own.
 */
export const test = anyTest as TestFn<OpenedPage & { server: FakeServer }>;

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
