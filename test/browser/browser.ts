import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import { type AddressInfo } from "node:net";
import { extname, join } from "node:path";

/** What the tests need of playwright-core, which is installed in site/ and not beside the tests. */
export interface Page {
  goto(url: string): Promise<unknown>;
  on(event: "pageerror", listener: (error: Error) => void): void;
  on(event: "request", listener: (request: { url(): string }) => void): void;
  innerText(selector: string): Promise<string>;
  textContent(selector: string): Promise<string | null>;
  click(selector: string): Promise<void>;
  fill(selector: string, text: string): Promise<void>;
  selectOption(selector: string, value: string): Promise<unknown>;
  waitForSelector(selector: string): Promise<unknown>;
  waitForFunction(script: string): Promise<unknown>;
  screenshot(options: { path: string }): Promise<unknown>;
  emulateMedia(options: { colorScheme: "dark" | "light" }): Promise<void>;
  setViewportSize(size: { width: number; height: number }): Promise<void>;
  evaluate<T>(script: string): Promise<T>;
  url(): string;
  close(): Promise<void>;
}

export interface Browser {
  newPage(options: { viewport: { width: number; height: number } }): Promise<Page>;
  close(): Promise<void>;
}

const site = join(__dirname, "../../site");
const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** A headless Chromium that asks nobody but the pages' own server. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = chromium.find((path) => existsSync(path));
  if (!executablePath) throw new Error("These tests need Chromium. Install it: apt-get install chromium");
  const playwright = createRequire(join(site, "package.json"))("playwright-core") as {
    chromium: { launch(options: object): Promise<Browser> };
  };
  const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"];
  return playwright.chromium.launch({ executablePath, args });
}

export interface SiteServer {
  readonly url: string;
  stop(): Promise<void>;
}

const kinds: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

/** Serves the built site on a free port. */
export async function serveSite(): Promise<SiteServer> {
  const folder = join(site, "dist");
  if (!existsSync(join(folder, "index.html"))) throw new Error("The site is not built. Run: npm run site");
  const server: Server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://site");
    const path = join(folder, decodeURIComponent(pathname.endsWith("/") ? `${pathname}index.html` : pathname));
    if (!path.startsWith(folder) || !existsSync(path)) {
      response.statusCode = 404;
      response.end();
      return;
    }
    response.setHeader("content-type", kinds[extname(path)] ?? "application/octet-stream");
    response.end(readFileSync(path));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, stop };
}
