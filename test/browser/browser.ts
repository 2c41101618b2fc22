import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const paths = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** It is a headless Chromium that sends requests to the pages' own server only. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = paths.find((path) => existsSync(path));
  if (!executablePath)
    throw new Error("These tests need Chromium. Install it: apt-get install chromium");
  const args = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
  ];
  return chromium.launch({ executablePath, args });
}
