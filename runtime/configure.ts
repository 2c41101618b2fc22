import { type Backend } from "./backend";
import { Cache, type Settings } from "./cache";
import { type Clock, systemClock } from "./clock";
import { builtInCodecs, type Codec } from "./codec";
import { parseDuration } from "./duration";
import { ConfigError } from "./errors";
import { type Listener } from "./events";
import { MemoryBackend } from "./memory-backend";
import { isDisabledByEnvironment, registry } from "./registry";
import { nearest } from "./suggest";

/** What `configure` takes. Everything may be left out. */
export interface Options {
  /**
   * Where entries live.
   * @defaultValue a `MemoryBackend` of its own: bounded, in this process
   */
  backend?: Backend;
  /**
   * Prefix of every key and tag of this cache, without the colon. A directive's or the
   * plugin's own namespace comes after it.
   * @defaultValue none
   */
  namespace?: string;
  /**
   * Time to live of entries whose directive names none, with a unit.
   * @defaultValue "1h"
   */
  ttl?: string;
  /**
   * Time to live of `null` and `undefined` where the directive names none.
   * @defaultValue the smaller of 5m and a tenth of the ttl, at least 1s
   */
  nullTtl?: string;
  /**
   * Codec of functions whose directive names none.
   * @defaultValue "json"
   */
  codec?: string;
  /** Codecs of your own, by the name a directive uses. List the names in the plugin entry too: `"codecs": ["msgpack"]`. */
  codecs?: Record<string, Codec>;
  /**
   * False: annotated functions of all caches are their plain selves. Invalidations are
   * still carried out, for other processes may be caching. The environment variable
   * `ZCACHE_DISABLED=1` does the same and wins.
   * @defaultValue true
   */
  enabled?: boolean;
  /** Hears of everything that happens. Called synchronously; must be quick. */
  onEvent?: Listener;
  /**
   * How long a caller that died while loading can keep others waiting. A living one renews its lease.
   * @defaultValue "5s"
   */
  lease?: string;
  /**
   * How long an operation of a remote backend may take before the call goes on without it.
   * @defaultValue "250ms"
   */
  deadline?: string;
  /**
   * After this many failures in a row the backend is left alone for `breakerTime`.
   * @defaultValue 5
   */
  breakerFailures?: number;
  /** @defaultValue "1s" */
  breakerTime?: string;
  /**
   * Operations under way at once, above which further ones fail at once.
   * @defaultValue 10000
   */
  maxInFlight?: number;
  /** Time, for tests. */
  clock?: Clock;
}

const optionNames = [
  "backend",
  "namespace",
  "ttl",
  "nullTtl",
  "codec",
  "codecs",
  "enabled",
  "onEvent",
  "lease",
  "deadline",
  "breakerFailures",
  "breakerTime",
  "maxInFlight",
  "clock",
] as const satisfies readonly (keyof Options)[];

/**
 * Sets up the default cache, or the one that directives call by `name` (`cache: sessions`).
 * Options that are left out have their defaults, whatever an earlier call said. Calls
 * under way finish with the settings they began with.
 *
 * @throws ConfigError for an option that does not exist or has an impossible value; nothing is changed then
 * @example configure({ backend: new RedisBackend(new Redis()), ttl: "10m" })
 */
export function configure(options?: Options): void;
export function configure(name: string, options?: Options): void;
export function configure(first?: string | Options, second?: Options): void {
  const [name, options] = typeof first === "string" ? [first, second ?? {}] : [registry.defaultName, first ?? {}];
  const settings = resolveOptions(options);
  registry.caches.set(name, new Cache(name, settings));
  if (options.enabled !== undefined) registry.enabled = options.enabled && !isDisabledByEnvironment();
  registry.generation++;
}

export function resolveOptions(options: Options): Settings {
  if (typeof options !== "object" || options === null) throw new ConfigError(`configure takes an object of options, but got: ${show(options)}.`);
  for (const name of Object.keys(options)) checkOptionName(name);
  const clock = options.clock ?? systemClock;
  const codecs = { ...builtInCodecs, ...checkCodecs(options.codecs) };
  const codec = options.codec ?? "json";
  if (!Object.hasOwn(codecs, codec)) {
    throw new ConfigError(`"codec" is ${show(codec)}, which is no codec of this cache. Codecs: ${Object.keys(codecs).join(", ")}.`);
  }
  check("enabled", options.enabled, isBoolean, "must be true or false");
  return {
    backend: check("backend", options.backend, isBackend, "must be a backend, such as new RedisBackend(client)") ?? new MemoryBackend({ clock }),
    namespace: check("namespace", options.namespace, isName, "must be a string of at least one character") ?? null,
    ttlMs: resolveDuration("ttl", options.ttl) ?? 3_600_000,
    nullTtlMs: resolveDuration("nullTtl", options.nullTtl),
    codec,
    codecs,
    leaseMs: resolveDuration("lease", options.lease) ?? 5_000,
    guard: {
      deadlineMs: resolveDuration("deadline", options.deadline) ?? 250,
      breakerFailures: options.breakerFailures ?? 5,
      breakerMs: resolveDuration("breakerTime", options.breakerTime) ?? 1_000,
      maxInFlight: options.maxInFlight ?? 10_000,
    },
    clock,
    onEvent: check("onEvent", options.onEvent, isFunction, "must be a function") ?? null,
  };
}

/** The cache of that name; the default one comes to be when it is first used. */
export function cacheNamed(name: string): Cache {
  let cache = registry.caches.get(name);
  if (cache) return cache;
  if (name !== registry.defaultName) {
    const known = [...registry.caches.keys()].filter((other) => other !== registry.defaultName);
    throw new ConfigError(
      `There is no cache named "${name}". ${known.length > 0 ? `Caches: ${known.join(", ")}. ` : ""}Call configure("${name}", { … }) first.`,
    );
  }
  cache = new Cache(name, resolveOptions({}));
  registry.caches.set(name, cache);
  return cache;
}

function checkOptionName(name: string): void {
  if ((optionNames as readonly string[]).includes(name)) return;
  const near = nearest(name, optionNames);
  throw new ConfigError(`Unknown option "${name}". ${near ? `Did you mean "${near}"?` : `Options: ${optionNames.join(", ")}.`}`);
}

function resolveDuration(name: string, text: unknown): number | null {
  if (text === undefined) return null;
  const ms = typeof text === "string" ? parseDuration(text) : null;
  if (ms === null) throw new ConfigError(`"${name}" must be a duration with a unit, such as "30s", "10m" or "1h", but got: ${show(text)}.`);
  return ms;
}

function checkCodecs(codecs: unknown): Record<string, Codec> {
  check("codecs", codecs, (value) => typeof value === "object" && value !== null, "must be an object of codecs by name");
  for (const [name, codec] of Object.entries((codecs ?? {}) as Record<string, Partial<Codec> | null>)) {
    if (typeof codec?.encode === "function" && typeof codec.decode === "function") continue;
    throw new ConfigError(`"codecs.${name}" must have the functions encode and decode, but got: ${show(codec)}.`);
  }
  return (codecs ?? {}) as Record<string, Codec>;
}

function check<T>(name: string, value: T | undefined, isValid: (value: unknown) => boolean, must: string): T | undefined {
  if (value === undefined || isValid(value)) return value;
  throw new ConfigError(`"${name}" ${must}, but got: ${show(value)}.`);
}

const isBoolean = (value: unknown): boolean => typeof value === "boolean";
const isFunction = (value: unknown): boolean => typeof value === "function";
const isName = (value: unknown): boolean => typeof value === "string" && value !== "";
const isBackend = (value: unknown): boolean => typeof (value as Partial<Backend> | null)?.read === "function";

function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "object" && value !== null) return `an instance of ${value.constructor?.name ?? "Object"}`;
  return String(value);
}
