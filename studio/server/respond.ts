import { type IncomingMessage, type ServerResponse } from "node:http";

/** An answer other than 200, with the reason in a sentence. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * The headers of every answer. They forbid loading anything from elsewhere, framing, sniffing and
 * caching.
 */
const headers: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; form-action 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
};

export function setHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader("cache-control", "no-store");
}

export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": body.length,
  });
  response.end(body);
}

export function sendText(response: ServerResponse, status: number, text: string): void {
  const body = Buffer.from(`${text}\n`);
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "content-length": body.length,
  });
  response.end(body);
}

const longestBody = 64_000;

/**
 * Returns the parameters of a request: those of the query, and those of a JSON body, which a
 * framework may have read already.
 */
export async function parametersOf(
  request: IncomingMessage,
  query: URLSearchParams,
): Promise<ReadonlyMap<string, unknown>> {
  const parameters = new Map<string, unknown>(query);
  const { body } = request as IncomingMessage & { readonly body?: unknown };
  const given =
    typeof body === "object" && body !== null
      ? body
      : request.readableEnded
        ? {}
        : parseBody(await readBody(request));
  for (const [name, value] of Object.entries(given)) parameters.set(name, value);
  return parameters;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > longestBody)
      throw new HttpError(413, `A request has at most ${longestBody} bytes.`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function parseBody(text: string): object {
  if (text === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // The error is answered below.
  }
  throw new HttpError(400, "The body of the request is not a JSON object.");
}

/** A stream of server-sent events, which ends with its reader. */
export class EventStream {
  /** A reader that is this far behind misses messages, so that memory doesn't fill up. */
  static readonly mostWaiting = 2_000_000;

  constructor(
    private readonly response: ServerResponse,
    onClose: () => void,
  ) {
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "x-accel-buffering": "no",
    });
    // A browser that loses the connection reconnects after this time.
    response.write("retry: 1000\n\n");
    response.once("close", onClose);
  }

  get isBehind(): boolean {
    return this.response.writableLength > EventStream.mostWaiting;
  }

  get isOpen(): boolean {
    return !this.response.destroyed && !this.response.writableEnded;
  }

  send(event: string, value: unknown): void {
    if (this.isOpen && !this.isBehind)
      this.response.write(`event: ${event}\ndata: ${JSON.stringify(value)}\n\n`);
  }

  /** Resolves when the reader has caught up or is gone. */
  async drained(): Promise<void> {
    if (!this.isOpen || !this.response.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        this.response.off("drain", end).off("close", end);
        resolve();
      };
      this.response.on("drain", end).on("close", end);
    });
  }

  end(): void {
    this.response.end();
  }
}
