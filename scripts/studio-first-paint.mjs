/**
 * Measures how soon Studio's page is painted, in a real Chromium on this machine: `node
 * scripts/studio-first-paint.mjs`, after a build. Each time is the median of some visits in an open
 * tab whose cache is switched off, from the start of the navigation.
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

/**
 * Runs in the page. Returns when it was first painted and when it showed figures, in milliseconds
 * after the navigation began.
 */
async function times() {
  const figures = performance.now();
  const paint = await new Promise((resolve) => {
    new PerformanceObserver((list) => resolve(list.getEntries()[0].startTime)).observe({
      type: "paint",
      buffered: true,
    });
  });
  return { paint, figures };
}

try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.setCacheDisabled", { cacheDisabled: true });
  await page.goto(`http://127.0.0.1:${server.address().port}/`); // the tab's own start
  const measured = [];
  for (let i = 0; i < visits; i++) {
    await page.reload();
    await page.waitForSelector(".figure");
    measured.push(await page.evaluate(times));
  }
  for (const name of ["paint", "figures"]) {
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
