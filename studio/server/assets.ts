import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type IncomingMessage, type ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { HttpError } from "./respond";

interface Asset {
  readonly type: string;
  readonly bytes: Buffer;
  readonly zipped: Buffer;
}

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
};

/** The built page, which is read once, at the first request. */
export class Assets {
  #files: ReadonlyMap<string, Asset> | null = null;

  /**
   * @param directory has index.html, and beside it the scripts and styles that the page refers to
   * as assets/…
   */
  constructor(private readonly directory: string) {}

  /** @param path "index.html", or "assets/app-1f3b.js", whose names change with their content */
  send(path: string, request: IncomingMessage, response: ServerResponse): void {
    const asset = (this.#files ??= this.#read()).get(path);
    if (!asset)
      throw path === "index.html"
        ? notBuilt("index.html is missing")
        : new HttpError(404, "There is no such file.");
    const isZipped = /\bgzip\b/.test(request.headers["accept-encoding"] ?? "");
    const bytes = isZipped ? asset.zipped : asset.bytes;
    if (path !== "index.html")
      response.setHeader("cache-control", "public, max-age=31536000, immutable");
    response.setHeader("vary", "accept-encoding");
    if (isZipped) response.setHeader("content-encoding", "gzip");
    response.writeHead(200, { "content-type": asset.type, "content-length": bytes.length });
    response.end(request.method === "HEAD" ? undefined : bytes);
  }

  #read(): ReadonlyMap<string, Asset> {
    const files = new Map<string, Asset>();
    try {
      for (const name of readdirSync(this.directory)) {
        const type = types[name.split(".").at(-1) ?? ""];
        if (type === undefined) continue;
        const bytes = readFileSync(join(this.directory, name));
        files.set(name === "index.html" ? name : `assets/${name}`, {
          type,
          bytes,
          zipped: gzipSync(bytes, { level: 9 }),
        });
      }
    } catch (error) {
      throw notBuilt((error as Error).message);
    }
    return files;
  }
}

function notBuilt(why: string): HttpError {
  return new HttpError(503, `Studio's page is not built: ${why}`);
}
