import axe from "axe-core";
import { type Browser, type BrowserContextOptions, type Page } from "playwright-core";

/** It is a page, with the errors that occurred in it and the addresses that it requested. */
export interface OpenedPage {
  readonly page: Page;
  /**
   * It has the errors of the page's scripts and of the browser, which include what the policy
   * refuses.
   */
  readonly errors: string[];
  readonly requests: string[];
}

/**
 * Opens a page of its own, which forgets everything when it is closed. Requests that get no answer
 * are not errors of the page.
 */
export async function openPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const errors: string[] = [];
  const requests: string[] = [];
  page.on("pageerror", (error) => errors.push(error.stack ?? ""));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("Failed to load resource"))
      errors.push(message.text());
  });
  page.on("request", (request) => requests.push(request.url()));
  return { page, errors, requests };
}

/** Returns what axe finds that is serious or critical, one line for each kind of fault. */
export async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>("axe.run()");
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join("  ")}`);
}

/** Returns whether something reaches beyond the right edge of the window. */
export async function scrollsSideways(page: Page): Promise<boolean> {
  return page.evaluate<boolean>(
    "document.documentElement.scrollWidth > document.documentElement.clientWidth",
  );
}
