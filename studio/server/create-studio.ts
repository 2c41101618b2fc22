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
   * Decides who gets in. Without it, Studio answers only requests of this machine that no proxy has passed on. What
   * throws or is not `true` is a no.
   * @example authorize: (request) => isAdmin(request.headers.cookie)
   */
  readonly authorize?: Decide;
  /**
   * Who may invalidate, refresh and pause: `true` for everybody who gets in, or a function like `authorize`.
   * @defaultValue false
   */
  readonly allowWrites?: boolean | Decide;
  /**
   * Whether the values of a function are hidden, by its name `module.Class.function`; a name of "" asks for keys of
   * unknown functions.
   */
  readonly redact?: boolean | ((name: string) => boolean);
  /** The folder of zcache.lock.json, or one beneath it. @defaultValue the working directory */
  readonly project?: string;
  /** The address that opens a place of the source: `vscode://file/{file}:{line}`. Null for no links. */
  readonly editor?: string | null;
  /** What to look at. @defaultValue the process, and those that report to the store of its caches */
  readonly source?: Source;
}

/** Answers requests, at whatever path it is mounted. */
export interface StudioHandler {
  (request: IncomingMessage, response: ServerResponse): void;
  /** Ends its streams and timers. */
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

const isFlagOrFunction = (value: unknown): boolean => typeof value === "boolean" || typeof value === "function";

/**
 * Creates Studio: a page that shows what the cache of the running program does, as a handler for `node:http` and the
 * frameworks on it. It serves a page, its assets, and JSON under `api/v1/`.
 *
 * @throws ConfigError for a wrong option
 * @example http.createServer(createStudio()).listen(4000, "127.0.0.1")
 * @example app.use("/studio", createStudio({ authorize: isAdmin })) // Express, Nest
 */
export function createStudio(options: StudioOptions = {}): StudioHandler {
  const studio = openStudio(options);
  const handler = (request: IncomingMessage, response: ServerResponse): void => void studio.handle(request, response);
  return Object.assign(handler, { close: () => studio.close() });
}

/** Opens Studio without a page, for readers in this process. */
export function openStudio(options: StudioOptions = {}): Studio {
  checkNames(options);
  checkOption("authorize", options.authorize, isFunction, "must be a function");
  checkOption("allowWrites", options.allowWrites, isFlagOrFunction, "must be true, false or a function");
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
    throw new ConfigError(`createStudio: unknown option "${name}".${near === null ? "" : ` Did you mean "${near}"?`}`);
  }
}

/** A function of the user that fails hides. */
function hides(redact: (name: string) => boolean, name: string): boolean {
  try {
    return redact(name) !== false;
  } catch {
    return true;
  }
}

/** The built page: beside this file in the package, and in dist/ where the sources run. */
function pageDirectory(): string {
  const built = join(__dirname, "../page");
  return existsSync(join(built, "index.html")) ? built : join(__dirname, "../../dist/studio/page");
}
