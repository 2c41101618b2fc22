import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import {
  eventRow,
  functionDetail,
  functionRow,
  keyDetail,
  leaf,
  neverHit,
  overview,
  processRow,
  session,
  timeline,
} from "./support/fixtures";
import { scrollsSideways, seriousFaults } from "./support/open-page";
import { until } from "./support/until";
import { test } from "./support/use-page";

const built = join(__dirname, "../../../dist/studio/page");

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
