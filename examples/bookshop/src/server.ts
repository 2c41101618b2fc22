import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { bookFiles } from "./book-files.js";
import type { CacheLog } from "./cache-log.js";
import type { Catalog } from "./catalog.js";
import { countBooks } from "./stats.js";

interface Route {
  readonly method: string;
  readonly path: RegExp;
  /** What it resolves to is sent as JSON; null is "not found". */
  readonly answer: (request: Call) => Promise<unknown>;
}

interface Call {
  readonly groups: Record<string, string>;
  readonly query: URLSearchParams;
  readonly message: IncomingMessage;
}

/** A request that can't be answered as it is; its message goes to the client. */
class BadRequest extends Error {}

export function createService(catalog: Catalog, log: CacheLog): Server {
  const routes = createRoutes(catalog, log);
  return createServer((message, response) => {
    void answer(routes, message, response);
  });
}

function createRoutes(catalog: Catalog, log: CacheLog): Route[] {
  return [
    {
      method: "GET",
      path: /^\/books\/(?<id>\d+)$/,
      answer: ({ groups, message }) =>
        readBook(catalog, parseId(groups["id"]), message.headers["cache-control"]),
    },
    {
      method: "POST",
      path: /^\/books\/(?<id>\d+)\/price$/,
      answer: async ({ groups, message }) =>
        catalog.updatePrice(parseId(groups["id"]), parsePrice(await readJson(message))),
    },
    {
      method: "GET",
      path: /^\/authors\/(?<name>[^/]+)\/books$/,
      answer: ({ groups, query }) =>
        catalog.booksByAuthor(groups["name"] ?? "", parsePage(query.get("page"))),
    },
    {
      method: "GET",
      path: /^\/summaries$/,
      answer: ({ query }) => catalog.summaries(...parseIds(query.get("ids"))),
    },
    {
      method: "GET",
      path: /^\/stats$/,
      answer: async () => ({
        language: await countBooks("language"),
        publisher: await countBooks("publisher"),
      }),
    },
    {
      method: "GET",
      path: /^\/debug\/cache$/,
      answer: async ({ query }) => ({
        ...log.report(Number(query.get("since") ?? 0)),
        filesRead: bookFiles.filesRead,
      }),
    },
    {
      method: "DELETE",
      path: /^\/debug\/cache\/books\/(?<id>\d+)$/,
      answer: async ({ groups }) => {
        const id = parseId(groups["id"]);
        await catalog.book.invalidate(id);
        return { invalidated: id };
      },
    },
  ];
}

/** The two words of HTTP for what zcache calls refresh and nocache. */
function readBook(catalog: Catalog, id: number, cacheControl: string | undefined) {
  if (cacheControl === "no-cache") return catalog.book.refresh(id);
  if (cacheControl === "no-store") return catalog.book.nocache(id);
  return catalog.book(id);
}

async function answer(
  routes: readonly Route[],
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const body = await dispatch(routes, message);
    send(response, body === null ? 404 : 200, body ?? { error: "Not found." });
  } catch (error) {
    if (error instanceof BadRequest) return send(response, 400, { error: error.message });
    console.error(error);
    send(response, 500, { error: "Internal error." });
  }
}

async function dispatch(routes: readonly Route[], message: IncomingMessage): Promise<unknown> {
  const { pathname, searchParams } = new URL(message.url ?? "/", "http://localhost");
  const path = decode(pathname);
  for (const route of routes) {
    const match = message.method === route.method && route.path.exec(path);
    if (match) return route.answer({ groups: match.groups ?? {}, query: searchParams, message });
  }
  return null;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new BadRequest(`${path} is not a valid path.`);
  }
}

async function readJson(message: IncomingMessage): Promise<unknown> {
  return json(message).catch(() => {
    throw new BadRequest("The body is not JSON.");
  });
}

function parseId(text: string | undefined): number {
  const id = Number(text);
  if (!Number.isSafeInteger(id) || id < 1)
    throw new BadRequest(`An id is a whole number from 1, but got: ${text}.`);
  return id;
}

function parseIds(text: string | null): number[] {
  if (!text) throw new BadRequest("Write the ids as ?ids=1,2,3.");
  return text.split(",").map(parseId);
}

function parsePage(text: string | null): number {
  return text === null ? 1 : parseId(text);
}

function parsePrice(body: unknown): number {
  const priceCents = (body as { priceCents?: unknown } | null)?.priceCents;
  if (typeof priceCents === "number" && Number.isSafeInteger(priceCents) && priceCents >= 0)
    return priceCents;
  throw new BadRequest('The body must be {"priceCents": <whole number>}.');
}
