import { keyDetail, leaf, neverHit, session } from "./support/fixtures";
import { until } from "./support/until";
import { test } from "./support/use-page";

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
