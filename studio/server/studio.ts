import { type IncomingMessage, type ServerResponse } from "node:http";
import { type Cache } from "../../runtime/cache/cache";
import { type Clock } from "../../runtime/clock";
import { keysOfArguments } from "./call-keys";
import { BackendError } from "../../runtime/errors";
import { invalidateTag } from "../../runtime/transactions/invalidate";
import { type Failure, type Overview, type Session } from "../api";
import { type Access, type Permission } from "./access";
import { type Assets } from "./assets";
import { EventLog } from "./event-log";
import { functionDetail, functionNames, functionRows, type Known } from "./functions";
import { History } from "./history";
import { inspectKey } from "./inspect-key";
import { findOwner, keyPrefix } from "./key-owner";
import { Live } from "./live";
import { type Project } from "./project";
import { EventStream, HttpError, parametersOf, sendJson, sendText, setHeaders } from "./respond";
import { scan } from "./scan";
import { type Source } from "./source";
import { tagGraph } from "./tags";

export interface StudioParts {
  readonly source: Source;
  readonly project: Project;
  readonly access: Access;
  readonly assets: Assets;
  readonly clock: Clock;
  readonly isRedacted: (name: string) => boolean;
  readonly editor: string | null;
  readonly version: string;
}

const defaultSeconds = 300;
const longestSeconds = 900;
const mostLooks = 16;
const mostScans = 2;
const longestText = 8_000;
const overviewMs = 500;
/** The number of functions in an overview, which is sent each second. */
const mostLiveRows = 200;

interface Call {
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  readonly permission: Permission;
}

type Answer = (call: Call) => unknown;

/** Answers the requests of the page and of other readers. The paths are those of ../api.ts. */
export class Studio {
  readonly #known: Known;
  readonly #live: Live;
  readonly #stopWatching: () => void;
  #storeTrouble: string | null = null;
  readonly #overviews = new Map<number, Overview>();
  #looks = 0;
  #scans = 0;

  readonly #gets: Readonly<Record<string, Answer>> = {
    session: ({ permission }) => this.#session(permission),
    overview: ({ query }) => this.overview(secondsOf(query)),
    functions: ({ query }) => functionRows(this.#known, secondsOf(query), this.#now),
    function: ({ query }) => this.#function(textOf(query, "name"), secondsOf(query)),
    key: ({ query }) => this.#look(() => this.#key(textOf(query, "key"), query.get("cache"))),
    keys: ({ query }) =>
      keysOfArguments(
        this.parts.project,
        textOf(query, "name"),
        textOf(query, "arguments"),
        this.#cache(null),
      ),
    tags: () => tagGraph(this.parts.project, this.#known.log),
    events: ({ query }) => this.#events(query),
    misses: ({ query }) => this.#known.log.misses(query.get("name"), query.get("key")),
    timeline: ({ query }) => {
      const to = this.#now;
      return this.#known.log.timeline(textOf(query, "name"), to - secondsOf(query, 60) * 1_000, to);
    },
    live: ({ response, query }) => this.#live.open(response, secondsOf(query)),
    scan: ({ response, query }) => this.#scan(response, query.get("name"), query.get("cache")),
  };
  readonly #posts: Readonly<
    Record<string, (parameters: ReadonlyMap<string, unknown>) => Promise<string>>
  > = {
    invalidate: (parameters) => this.#invalidate(parameters),
    refresh: (parameters) => this.#refresh(parameters),
    pause: (parameters) => this.#pause(parameters),
  };

  constructor(readonly parts: StudioParts) {
    this.#known = { history: new History(), log: new EventLog(), project: parts.project };
    this.#stopWatching = parts.source.watch(
      (report) => {
        this.#known.history.add(report, this.#now);
        this.#known.log.add(report);
      },
      (trouble) => (this.#storeTrouble = trouble),
    );
    this.#live = new Live(
      {
        overview: (seconds) => this.overview(seconds),
        events: (after) => this.#known.log.page(after, noFilter),
      },
      parts.clock,
    );
  }

  /** Answers like a GET of the API, for code in this process, except for what the API streams. */
  async ask(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const answer = own(this.#gets, path);
    if (!answer || path === "live" || path === "scan")
      throw new HttpError(404, `The API has no ${path}.`);
    const permission = { mayRead: true, mayWrite: false, whyNot: null };
    return answer({ query: new URLSearchParams(parameters), permission } as Call);
  }

  /** Does what a POST of the API does. Returns a sentence that says what was done. */
  async carryOut(path: string, parameters: Readonly<Record<string, unknown>>): Promise<string> {
    const post = own(this.#posts, path);
    if (!post) throw new HttpError(404, `The API has no POST ${path}.`);
    return post(new Map(Object.entries(parameters)));
  }

  get #now(): number {
    return this.parts.clock.now();
  }

  /** Answers a request. It never rejects, because a failure is an answer as well. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    setHeaders(response);
    const route = routeOf(request);
    try {
      await this.#answer(request, response, route);
    } catch (error) {
      fail(response, error, route?.kind === "api");
    }
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    route: Route | null,
  ): Promise<void> {
    if (!route) throw new HttpError(404, "There is nothing here.");
    const permission = await this.parts.access.permit(request);
    if (!permission.mayRead) throw new HttpError(403, permission.whyNot ?? "Not authorized.");
    if (route.kind === "redirect")
      return void response.writeHead(308, { location: route.path }).end();
    if (request.method === "POST" && route.kind === "api")
      return this.#post(request, response, route, permission);
    if (request.method !== "GET" && request.method !== "HEAD")
      throw new HttpError(405, "Only GET and POST are answered.");
    if (route.kind === "page") return this.parts.assets.send(route.path, request, response);
    const answer = own(this.#gets, route.path);
    if (!answer) throw new HttpError(404, `The API has no ${route.path}.`);
    const value: unknown = await answer({ response, query: route.query, permission });
    if (value !== undefined) sendJson(response, value);
  }

  async #post(
    request: IncomingMessage,
    response: ServerResponse,
    { path, query }: Route,
    permission: Permission,
  ): Promise<void> {
    const carryOut = own(this.#posts, path);
    if (!carryOut) throw new HttpError(404, `The API has no POST ${path}.`);
    if (!permission.mayWrite) throw new HttpError(403, permission.whyNot ?? "Not allowed.");
    const refusal = this.parts.access.refuseWrite(request);
    if (refusal !== null) throw new HttpError(403, refusal);
    const parameters = await parametersOf(request, query);
    sendJson(response, { done: await this.#look(() => carryOut(parameters)) });
  }

  #session({ mayWrite, whyNot }: Permission): Session {
    const { source, editor, project, version, access } = this.parts;
    return {
      api: 1,
      token: access.token,
      mayWrite,
      whyNot,
      source: source.name,
      mayRefresh: source.isProgram,
      editor,
      project: project.directory,
      zcache: version,
    };
  }

  /** One overview is made for all requests within half a second. */
  overview(seconds: number): Overview {
    const now = this.#now;
    const known = this.#overviews.get(seconds);
    if (known && Math.abs(now - known.at) < overviewMs && known.storeTrouble === this.#storeTrouble)
      return known;
    if (this.#overviews.size > 10) this.#overviews.clear();
    const overview = this.#makeOverview(seconds, now);
    this.#overviews.set(seconds, overview);
    return overview;
  }

  #makeOverview(seconds: number, now: number): Overview {
    const { history } = this.#known;
    return {
      at: now,
      seconds: seconds === 0 ? 0 : history.reach(seconds, now),
      total: history.total(seconds, now),
      series: history.series(seconds, now),
      processes: history.processes(seconds, now),
      functions: functionRows(this.#known, seconds, now, mostLiveRows),
      functionCount: functionNames(this.#known).length,
      storeTrouble: this.#storeTrouble,
    };
  }

  #function(name: string, seconds: number): unknown {
    const detail = functionDetail(
      this.#known,
      name,
      seconds,
      this.#now,
      this.parts.isRedacted(name),
    );
    if (!detail)
      throw new HttpError(
        404,
        "No process has called this function, and the lock file doesn't have it.",
      );
    return detail;
  }

  #key(key: string, cacheName: string | null): unknown {
    const owner = findOwner(this.parts.project.functions, key);
    const context = {
      project: this.parts.project,
      lastMisses: this.#known.log.misses(null, key, 20),
      // If any function's values are hidden, so are those of keys whose function is unknown.
      isRedacted: (name: string | null) => this.#isRedacted(name, key),
    };
    return inspectKey(this.#cache(cacheName ?? owner?.locked.cache ?? null), key, context);
  }

  #isRedacted(name: string | null, key: string): boolean {
    const { isRedacted } = this.parts;
    if (name !== null) return isRedacted(name);
    return (
      this.#known.history.names.some((one) => isRedacted(one) && key.includes(one)) ||
      isRedacted("")
    );
  }

  #events(query: URLSearchParams): unknown {
    const after = Number(query.get("after") ?? 0);
    if (!Number.isInteger(after) || after < 0)
      throw new HttpError(400, "after is the number of an event.");
    const filter = {
      types: query.getAll("type"),
      name: query.get("name"),
      text: query.get("text"),
    };
    return this.#known.log.page(after, filter);
  }

  async #scan(
    response: ServerResponse,
    name: string | null,
    cacheName: string | null,
  ): Promise<void> {
    if (this.#scans >= mostScans) throw new HttpError(429, `${mostScans} scans run already.`);
    const locked = name === null ? null : this.parts.project.find(name);
    const cache = this.#cache(cacheName ?? locked?.cache ?? null);
    const { namespace, backend } = cache.settings;
    const { inspector } = cache;
    if (!inspector) throw new HttpError(409, `The backend ${backend.name} can't list its keys.`);
    const prefix =
      (namespace === null ? "" : `${namespace}:`) + (locked ? keyPrefix(locked) : (name ?? ""));
    this.#scans++;
    const stream = new EventStream(response, () => {});
    try {
      await scan(cache, inspector, prefix, stream);
    } catch (error) {
      stream.send("notice", { text: textOfError(error) });
    } finally {
      this.#scans--;
      stream.end();
    }
  }

  async #invalidate(parameters: ReadonlyMap<string, unknown>): Promise<string> {
    const [key, tag] = [parameters.get("key"), parameters.get("tag")];
    const cache = this.#cache((parameters.get("cache") as string | undefined) ?? null);
    if (typeof tag === "string" && tag !== "" && key === undefined) {
      await invalidateTag(cache, tag);
      return `Invalidated the tag ${tag}.`;
    }
    if (typeof key !== "string" || key === "" || tag !== undefined)
      throw new HttpError(400, "Name a key or a tag.");
    // The versions of tags would be deleted in the wrong order.
    if (key.endsWith("~"))
      throw new HttpError(400, "This is not the key of an entry. Invalidate the tag instead.");
    await cache.invalidateKeys([key]);
    return `Invalidated ${key}.`;
  }

  async #refresh(parameters: ReadonlyMap<string, unknown>): Promise<string> {
    const key = parameters.get("key");
    if (typeof key !== "string" || key === "") throw new HttpError(400, "Name a key.");
    const { source } = this.parts;
    if (!source.isProgram)
      throw new HttpError(
        409,
        "Only the program itself can refresh. Invalidate the key: the next call loads it.",
      );
    if (!(await source.refresh(key)))
      throw new HttpError(
        409,
        "This process has not loaded the key lately, so it doesn't know the call. Invalidate the key instead.",
      );
    return `Refreshed ${key}.`;
  }

  async #pause(parameters: ReadonlyMap<string, unknown>): Promise<string> {
    const paused = parameters.get("paused");
    if (paused !== true && paused !== false && paused !== "true" && paused !== "false")
      throw new HttpError(400, "paused is true or false.");
    const { source } = this.parts;
    if (!source.isProgram) throw new HttpError(409, "Only the program itself can pause its cache.");
    source.pause(String(paused) === "true");
    return String(paused) === "true"
      ? "Functions of this process run uncached now."
      : "Functions of this process are cached again.";
  }

  #cache(name: string | null): Cache {
    const caches = this.parts.source.caches();
    const cache = name === null ? caches[0] : caches.find((one) => one.name === name);
    if (!cache)
      throw new HttpError(
        404,
        name === null ? "The program has no cache yet." : "There is no cache with this name.",
      );
    return cache;
  }

  /** Limits how much of the store is scanned at once. */
  async #look<T>(look: () => T | Promise<T>): Promise<T> {
    if (this.#looks >= mostLooks) throw new HttpError(429, "Too many requests at once. Try again.");
    this.#looks++;
    try {
      return await look();
    } finally {
      this.#looks--;
    }
  }

  close(): void {
    this.#stopWatching();
    this.#live.close();
  }
}

const noFilter = { types: [], name: null, text: null };

interface Route {
  readonly kind: "page" | "api" | "redirect";
  readonly path: string;
  readonly query: URLSearchParams;
}

/**
 * Finds the target of a request, wherever Studio is mounted. A framework may or may not have
 * removed the mount's path from the URL. Returns null if there is no such target.
 */
function routeOf(request: IncomingMessage): Route | null {
  const { originalUrl } = request as IncomingMessage & { readonly originalUrl?: string };
  const url = originalUrl ?? request.url ?? "";
  const [path = ""] = url.split("?", 1);
  const search = url.slice(path.length + 1);
  const query = new URLSearchParams(search);
  const [, api] = /\/api\/v1\/([\w-]+)$/.exec(path) ?? [];
  if (api !== undefined) return { kind: "api", path: api, query };
  const [, asset] = /\/(assets\/[\w.-]+)$/.exec(path) ?? [];
  if (asset !== undefined) return { kind: "page", path: asset, query };
  if (path.endsWith("/")) return { kind: "page", path: "index.html", query };
  // The page's own links are relative to its folder.
  const last = path.split("/").at(-1) ?? "";
  return /\.|%/.test(last) || /\/api\//.test(path)
    ? null
    : { kind: "redirect", path: `${last}/`, query };
}

function secondsOf(query: URLSearchParams, otherwise = defaultSeconds): number {
  const text = query.get("seconds");
  if (text === null) return otherwise;
  const seconds = Number(text);
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > longestSeconds)
    throw new HttpError(400, `seconds is a whole number from 0 to ${longestSeconds}.`);
  return seconds;
}

function textOf(query: URLSearchParams, name: string): string {
  const text = query.get(name);
  if (text === null || text === "") throw new HttpError(400, `The parameter ${name} is missing.`);
  if (text.length > longestText) throw new HttpError(400, `The parameter ${name} is too long.`);
  return text;
}

/** Returns a table's own entry, because names from outside may be those of Object.prototype. */
function own<Value>(table: Readonly<Record<string, Value>>, name: string): Value | null {
  return Object.hasOwn(table, name) ? (table[name] ?? null) : null;
}

function fail(response: ServerResponse, error: unknown, isApi: boolean): void {
  if (response.headersSent) return void response.end();
  const status =
    error instanceof HttpError ? error.status : error instanceof BackendError ? 503 : 500;
  const failure: Failure = { error: textOfError(error) };
  response.removeHeader("content-encoding");
  if (isApi) sendJson(response, failure, status);
  else sendText(response, status, failure.error);
}

function textOfError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
