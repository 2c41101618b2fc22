/**
 * Measures how soon Studio's page is painted, in a real Chromium on this machine: `node scripts/studio-first-paint.mjs`, after a
 * build. Each time is the median of some visits, each with an empty cache, from the start of the navigation.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { loadavg } from "node:os";
import { chromium } from "playwright-core";

const visits = 15;
const { createStudio } = createRequire(import.meta.url)("../dist/studio/index.js");

const studio = createStudio();
const server = createServer(studio).listen(0, "127.0.0.1");
await once(server, "listening");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});

/** Runs in the page: when it was painted first, and when it showed figures, in milliseconds after the navigation began. */
function times() {
  const nameOf = (name) => performance.getEntriesByName(name)[0]?.startTime;
  return { paint: nameOf("first-paint"), content: nameOf("first-contentful-paint"), figures: performance.now() };
}

async function visit() {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.waitForSelector(".figure");
  const measured = await page.evaluate(times);
  await context.close();
  return measured;
}

try {
  await visit(); // the browser's own start
  const measured = [];
  for (let i = 0; i < visits; i++) measured.push(await visit());
  for (const name of ["paint", "content", "figures"]) {
    const sorted = measured.map((times) => times[name]).sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)];
    console.log(
      `${name.padEnd(8)} ${median.toFixed(0).padStart(4)} ms  (least ${sorted[0].toFixed(0)}, most ${sorted.at(-1).toFixed(0)})`,
    );
  }
  console.log(`load of the machine: ${loadavg()[0].toFixed(1)}`);
} finally {
  await browser.close();
  studio.close();
  server.closeAllConnections();
  server.close();
}
