import { existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";
import { extname, join } from "node:path";

/** It is the policy that the page must work under. */
export const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";

const pageFolder = join(__dirname, "../../../../dist/studio/page");

/**
 * It has the answers to `GET api/v1/NAME`, made anew for each request. A function that throws is
 * answered as a Failure with the status 400.
 */
export type Answers = Record<string, (query: URLSearchParams) => unknown>;

export interface Posted {
  readonly action: string;
  readonly token: string | undefined;
  readonly body: Record<string, unknown>;
}

/**
 * It is a server that replaces Studio's and sends what a test tells it to send, hostile content
 * included.
 */
export interface FakeServer {
  readonly url: string;
  readonly answers: Answers;
  /** It has what was posted, in order. */
  readonly posted: Posted[];
  /** Sends a message to all streams, and to those that are opened later once they are. */
  send(type: "overview" | "events" | "notice", data: unknown): void;
  /** Ends the server and its connections; `start` takes the same port again. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

const kinds: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
};

export async function startFakeServer(
  answers: Answers,
  prefix = "/tools/cache",
): Promise<FakeServer> {
  if (!existsSync(join(pageFolder, "manifest.json")))
    throw new Error("Studio's page is not built. Run: npm run build");
  const manifest = JSON.parse(readFileSync(join(pageFolder, "manifest.json"), "utf8")) as {
    html: string;
  };
  const streams = new Set<ServerResponse>();
  const posted: Posted[] = [];
  const lastSent = new Map<string, string>();
  let server: Server;
  let port = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://studio");
    response.setHeader("content-security-policy", policy);
    if (!pathname.startsWith(`${prefix}/`)) return end(response, 404, "text/plain", "not Studio's");
    const path = pathname.slice(prefix.length + 1);
    if (path === "") return sendFile(response, manifest.html);
    const asset = /^assets\/([\w-]+\.(?:js|css))$/.exec(path)?.[1];
    if (asset) return sendFile(response, asset);
    const resource = /^api\/v1\/(\w+)$/.exec(path)?.[1] ?? "";
    if (resource === "live") return openLive(response);
    if (request.method === "POST") return take(resource, request, response);
    const make = answers[resource];
    if (!make) return fail(response, 404, `Nothing is known of ${resource}.`);
    try {
      const data = make(searchParams);
      if (data instanceof Stream) return data.begin(response);
      end(response, 200, "application/json", JSON.stringify(data));
    } catch (error) {
      fail(response, 400, (error as Error).message);
    }
  }

  function openLive(response: ServerResponse): void {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.flushHeaders();
    streams.add(response);
    response.on("close", () => streams.delete(response));
    for (const [type, data] of lastSent) response.write(`event: ${type}\ndata: ${data}\n\n`);
  }

  async function take(
    action: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const token = request.headers["x-zcache-token"] as string | undefined;
    const body = JSON.parse(text) as Record<string, unknown>;
    const expected = (answers["session"]?.(new URLSearchParams()) as { token: string }).token;
    if (token !== expected) return fail(response, 403, "The token is not this session's.");
    posted.push({ action, token, body });
    end(response, 200, "application/json", JSON.stringify({ done: `${action} was carried out.` }));
  }

  function sendFile(response: ServerResponse, name: string): void {
    end(response, 200, kinds[extname(name)] ?? "", readFileSync(join(pageFolder, name)));
  }

  async function start(): Promise<void> {
    server = createServer((request, response) => void answer(request, response));
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    ({ port } = server.address() as AddressInfo);
  }

  await start();
  return {
    url: `http://127.0.0.1:${port}${prefix}/`,
    answers,
    posted,
    send(type, data) {
      const text = JSON.stringify(data);
      if (type === "overview") lastSent.set(type, text);
      for (const stream of streams) stream.write(`event: ${type}\ndata: ${text}\n\n`);
    },
    start,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** It is an answer of server-sent events that the test controls. */
export class Stream {
  #response: ServerResponse | null = null;
  /** It says whether the browser has closed the connection. */
  isClosed = false;

  begin(response: ServerResponse): void {
    this.#response = response;
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.flushHeaders();
    response.on("close", () => (this.isClosed = true));
  }

  get isOpen(): boolean {
    return this.#response !== null && !this.isClosed;
  }

  send(type: string, data: unknown): void {
    this.#response?.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  }
}

function fail(response: ServerResponse, status: number, error: string): void {
  end(response, status, "application/json", JSON.stringify({ error }));
}

function end(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, { "content-type": type }).end(body);
}
