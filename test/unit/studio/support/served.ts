import {
  createServer,
  request as sendRequest,
  type IncomingHttpHeaders,
  type RequestOptions,
} from "node:http";
import { type AddressInfo } from "node:net";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ExecutionContext } from "ava";
import { MemoryBackend } from "../../../../runtime/backends/memory-backend";
import { type Backend } from "../../../../runtime/backends/backend";
import { Cache } from "../../../../runtime/cache/cache";
import { type Options, resolveOptions } from "../../../../runtime/cache/configure";
import { type ProcessReport } from "../../../../runtime/studio/report";
import { type LockedFunction } from "../../../../transformer/lock/lock";
import { createStudio, type StudioOptions } from "../../../../studio/server/create-studio";
import { type Source } from "../../../../studio/server/source";

/** A source whose reports come from the test. */
export class GivenSource implements Source {
  readonly name = "a test";
  isProgram = true;
  readonly cache: Cache;
  readonly refreshed: string[] = [];
  readonly paused: boolean[] = [];
  knowsCalls = true;
  #tell: (report: ProcessReport) => void = () => {};
  tellTrouble: (trouble: string | null) => void = () => {};
  isWatched = false;

  constructor(options: Options = {}) {
    const backend: Backend = options.backend ?? new MemoryBackend();
    this.cache = new Cache("default", resolveOptions({ ...options, backend }), {
      subscriptions: new Set(),
      observer: null,
    });
  }

  caches(): readonly Cache[] {
    return [this.cache];
  }

  watch(
    tell: (report: ProcessReport) => void,
    tellTrouble: (trouble: string | null) => void,
  ): () => void {
    this.isWatched = true;
    this.#tell = tell;
    this.tellTrouble = tellTrouble;
    return () => (this.isWatched = false);
  }

  give(...reports: readonly ProcessReport[]): void {
    for (const report of reports) this.#tell(report);
  }

  refresh(key: string): Promise<boolean> {
    this.refreshed.push(key);
    return Promise.resolve(this.knowsCalls);
  }

  pause(paused: boolean): void {
    this.paused.push(paused);
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // Tests declare the form that they expect.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly json: any;
}

export interface Served {
  readonly port: number;
  readonly url: string;
  ask(path: string, options?: RequestOptions & { readonly body?: string }): Promise<Answer>;
  /** POSTs as the page does. */
  post(path: string, parameters: object): Promise<Answer>;
  close(): Promise<void>;
}

/** Sends one request, with exactly these headers. */
export function ask(
  port: number,
  path: string,
  { body, ...options }: RequestOptions & { body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = sendRequest({ host: "127.0.0.1", port, path, ...options }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(parts).toString();
        const isJson = response.headers["content-type"]?.startsWith("application/json") ?? false;
        const json: unknown = isJson ? JSON.parse(text) : null;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}

/** Makes a project's folder with this lock, and removes it after the test. */
export function projectWith(
  t: ExecutionContext,
  functions: readonly LockedFunction[],
  files: Record<string, string> = {},
): string {
  const directory = mkdtempSync(join(tmpdir(), "zcache-studio-"));
  t.teardown(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, "zcache.lock.json"), JSON.stringify({ version: 1, functions }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return directory;
}

/** Serves Studio on a free port until the test ends. */
export async function serve(t: ExecutionContext, options: StudioOptions): Promise<Served> {
  const studio = createStudio(options);
  const server = createServer(studio);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    studio.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  t.teardown(() => (server.listening ? close() : undefined));
  const served: Served = {
    port,
    url: `http://127.0.0.1:${port}`,
    ask: (path, given) => ask(port, path, given),
    async post(path, parameters) {
      const { token } = (await served.ask("/api/v1/session")).json as { token: string };
      const headers = { "x-zcache-token": token, "content-type": "application/json" };
      return served.ask(path, { method: "POST", headers, body: JSON.stringify(parameters) });
    },
    close,
  };
  return served;
}

export function locked(name: string, more: Partial<LockedFunction> = {}): LockedFunction {
  const short = name.split(".").at(-1) ?? name;
  return {
    file: "src/shop.ts",
    function: short,
    name,
    key: `${name}|{id}`,
    parameters: ["id"],
    fingerprint: "00000000",
    returns: "number",
    ...more,
  };
}
