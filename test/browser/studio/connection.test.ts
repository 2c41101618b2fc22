import { overview, session } from "./support/fixtures";
import { test } from "./support/use-page";

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
