import { existsSync } from "node:fs";
import { type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { checkOption, isFunction } from "../../runtime/check-options";
import { systemClock } from "../../runtime/clock";
import { ownVersion } from "../../runtime/studio/identity";
import { ConfigError } from "../../runtime/errors";
import { nearest } from "../../runtime/suggest";
import { Access, type Decide } from "./access";
import { Assets } from "./assets";
import { processSource } from "./process-source";
import { Project } from "./project";
import { type Source } from "./source";
import { Studio } from "./studio";

export interface StudioOptions {
  /**
   * Decides who may see Studio. Without it, Studio answers only requests from this machine that no
   * proxy has passed on. If it throws, or returns anything but `true`, the request is refused.
   * @example authorize: (request) => isAdmin(request.headers.cookie)
   */
  readonly authorize?: Decide;
  /**
   * Decides who may invalidate, refresh and pause: `true` for everyone who may see Studio, or a
   * function like `authorize`.
   * @defaultValue false
   */
  readonly allowWrites?: boolean | Decide;
  /**
   * Returns whether the values of a function are hidden. It is given the name
   * `module.Class.function`, or "" for keys whose function is unknown. If it throws, the value is
   * hidden.
   * @defaultValue false
   */
  readonly redact?: boolean | ((name: string) => boolean);
  /** The folder of zcache.lock.json, or one below it. @defaultValue the working directory */
  readonly project?: string;
  /**
   * The address that opens a place of the source. With null there are no links.
   * @defaultValue `vscode://file/{file}:{line}`
   */
  readonly editor?: string | null;
  /**
   * What Studio shows.
   * @defaultValue this process, and those that report to the stores of its caches
   */
  readonly source?: Source;
}

/** Answers requests. It may be mounted at any path. */
export interface StudioHandler {
  (request: IncomingMessage, response: ServerResponse): void;
  /** Ends the streams and timers of Studio. */
  close(): void;
}

const names: Record<keyof StudioOptions, true> = {
  authorize: true,
  allowWrites: true,
  redact: true,
  project: true,
  editor: true,
  source: true,
};

const isFlagOrFunction = (value: unknown): boolean =>
  typeof value === "boolean" || typeof value === "function";

/**
 * Creates Studio: a page that shows what the cache of the running program does, as a handler for
 * `node:http` and the frameworks on it. It serves a page, its assets, and JSON under `api/v1/`.
 *
 * @throws ConfigError for a wrong option
 * @example http.createServer(createStudio()).listen(4000, "127.0.0.1")
 * @example app.use("/studio", createStudio({ authorize: isAdmin })) // Express, Nest
 */
export function createStudio(options: StudioOptions = {}): StudioHandler {
  const studio = openStudio(options);
  const handler = (request: IncomingMessage, response: ServerResponse): void =>
    void studio.handle(request, response);
  return Object.assign(handler, { close: () => studio.close() });
}

/** Opens Studio without a page, for code in this process that reads its data. */
export function openStudio(options: StudioOptions = {}): Studio {
  checkNames(options);
  checkOption("authorize", options.authorize, isFunction, "must be a function");
  checkOption(
    "allowWrites",
    options.allowWrites,
    isFlagOrFunction,
    "must be true, false or a function",
  );
  checkOption("redact", options.redact, isFlagOrFunction, "must be true, false or a function");
  const { redact = false, editor = "vscode://file/{file}:{line}" } = options;
  return new Studio({
    source: options.source ?? processSource(),
    project: Project.read(options.project ?? process.cwd()),
    access: new Access(options),
    assets: new Assets(pageDirectory()),
    clock: systemClock,
    isRedacted: (name) => (typeof redact === "function" ? hides(redact, name) : redact),
    editor,
    version: ownVersion(),
  });
}

function checkNames(options: object): void {
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(names, name)) continue;
    const near = nearest(name, Object.keys(names));
    throw new ConfigError(
      `createStudio: unknown option "${name}".${near === null ? "" : ` Did you mean "${near}"?`}`,
    );
  }
}

/** If the program's function fails, values are hidden. */
function hides(redact: (name: string) => boolean, name: string): boolean {
  try {
    return redact(name) !== false;
  } catch {
    return true;
  }
}

/**
 * The folder of the built page. It is beside this file in the package, and in dist/ if the sources
 * are run.
 */
function pageDirectory(): string {
  const built = join(__dirname, "../page");
  return existsSync(join(built, "index.html")) ? built : join(__dirname, "../../dist/studio/page");
}
