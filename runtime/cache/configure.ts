import { type Backend } from "../backends/backend";
import { Cache, type Settings } from "./cache";
import {
  checkOption,
  hasMethods,
  isBoolean,
  isFunction,
  isName,
  resolveCount,
  resolveDuration,
  show,
} from "../check-options";
import { type Clock, neverSetBack, systemClock } from "../clock";
import { type Codec } from "../codecs/codec";
import { builtInCodecs } from "../codecs/built-in-codecs";
import { ConfigError } from "../errors";
import { type Listener } from "../events";
import { MemoryBackend } from "../backends/memory-backend";
import { isDisabledByEnvironment, registry } from "./registry";
import { expectCompiled } from "./uncompiled";
import { nearest } from "../suggest";
import { resolveVerify, type VerifyOptions } from "./verify-settings";
import { disown, warnOf } from "../user-code/thrown";

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
   * For this long after its time to live an entry is still served, while one caller has it
   * loaded again. An invalidated entry never is.
   * @defaultValue none
   */
  stale?: string;
  /**
   * For this long after its time to live an entry is served when the loader fails, or
   * takes longer than `timeout`. An invalidated entry never is.
   * @defaultValue none
   */
  staleIfError?: string;
  /**
   * Whether what a loader has thrown is a failure, for which an entry within `staleIfError` (or `stale`) is served instead.
   * False: it is an answer, such as "not found", and the caller gets it. A `LoadTimeoutError` is always a failure.
   * @defaultValue everything is
   * @example isFailure: (error) => !(error instanceof NotFoundError)
   */
  isFailure?: (error: unknown) => boolean;
  /**
   * Whether an entry is loaded again before its time to live ends, by chance and the likelier the
   * nearer the end is and the longer its loader took, so that a hot key never ends for all
   * at once. A number weights the loader's time: 2 is earlier.
   * @defaultValue false
   */
  early?: boolean | number;
  /**
   * The part of each time to live by which chance may shorten it, from 0 to 0.5, so that
   * entries that were stored together don't end together.
   * @defaultValue 0.05
   */
  jitter?: number;
  /**
   * Which share of the hits is verified where the directive says nothing: the loader runs as well, in the background, and a
   * result that differs is an event (`diverged`) that says why. `"0.1%"`, a number from 0 to 1, or an object of options.
   * @defaultValue 0: none
   */
  verify?: string | number | VerifyOptions;
  /**
   * How long a call waits for a loader before it is given the stale entry, or rejected with
   * a `LoadTimeoutError`. What comes late is still stored.
   * @defaultValue none: as long as it takes
   */
  timeout?: string;
  /**
   * After an outage of the backend in which an invalidation was lost, or which the breaker has
   * noticed: "flush" ends everything that this cache stored before. One more key is read with every entry.
   * @defaultValue "keep"
   */
  onOutage?: "keep" | "flush";
  /**
   * How long functions whose directive doesn't say may be served from memory without
   * Redis being asked. Of a `TieredBackend`; other backends have no second tier.
   * @defaultValue none: Redis is asked each time
   */
  memory?: string;
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
   * @defaultValue as it is: true, until a call says otherwise
   */
  enabled?: boolean;
  /**
   * Whether calls are timed, for the latencies in `stats()`, of all caches.
   * @defaultValue as it is: false, until a call says otherwise
   */
  measure?: boolean;
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
  /**
   * For this long; then one operation is let through to see.
   * @defaultValue "1s"
   */
  breakerTime?: string;
  /**
   * Operations under way at once, above which further ones fail at once.
   * @defaultValue 10000
   */
  maxInFlight?: number;
  /** Time, for tests. */
  clock?: Clock;
  /** Chance, for tests: a number from 0 up to, but not including, 1. @defaultValue `Math.random` */
  random?: () => number;
}

const optionNames = [
  "backend",
  "namespace",
  "ttl",
  "nullTtl",
  "stale",
  "staleIfError",
  "isFailure",
  "early",
  "jitter",
  "verify",
  "timeout",
  "onOutage",
  "memory",
  "codec",
  "codecs",
  "enabled",
  "measure",
  "onEvent",
  "lease",
  "deadline",
  "breakerFailures",
  "breakerTime",
  "maxInFlight",
  "clock",
  "random",
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
  const [name, options] = typeof first === "string" ? [first, second] : [registry.defaultName, first];
  if (name === "") throw new ConfigError("The name of a cache must be a string of at least one character.");
  const cache = new Cache(name, resolveOptions(options), registry.subscriptions);
  expectCompiled();
  const previous = registry.caches.get(name);
  // `idle` asks the caches that stand, and this one answers for what the one before it still has under way.
  if (previous) void cache.track(previous.idle());
  registry.caches.set(name, cache);
  const enabled = options?.enabled ?? (registry.closed || registry.enabled);
  registry.enabled = enabled && !isDisabledByEnvironment();
  registry.closed = false;
  registry.measuring = options?.measure ?? registry.measuring;
  registry.generation++;
}

/** Raw options → settings. Throws a ConfigError for the first that is impossible. */
export function resolveOptions(options: Options = {}): Settings {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new ConfigError(`configure takes an object of options, but got: ${show(options)}.`);
  }
  for (const name of Object.keys(options)) checkOptionName(name);
  const given = checkOption("clock", options.clock, isClock, "must have the functions now and after");
  const clock = neverSetBack(given ?? systemClock);
  checkOption("measure", options.measure, isBoolean, "must be true or false");
  checkOption("enabled", options.enabled, isBoolean, "must be true or false");
  return {
    backend: checkOption("backend", options.backend, isBackend, mustBeBackend) ?? new MemoryBackend({ clock }),
    namespace: checkOption("namespace", options.namespace, isName, "must be a string of at least one character"),
    ttlMs: resolveDuration("ttl", options.ttl) ?? 3_600_000,
    nullTtlMs: resolveDuration("nullTtl", options.nullTtl),
    staleMs: resolveDuration("stale", options.stale) ?? 0,
    staleIfErrorMs: resolveDuration("staleIfError", options.staleIfError) ?? 0,
    isFailure: checkOption("isFailure", options.isFailure, isFunction, "must be a function"),
    early: Number(checkOption("early", options.early, isWeight, "must be true, false or a number above 0") ?? 0),
    jitter: checkOption("jitter", options.jitter, isJitter, "must be a number from 0 to 0.5") ?? 0.05,
    verify: resolveVerify(options.verify),
    timeoutMs: resolveDuration("timeout", options.timeout),
    onOutage: checkOption("onOutage", options.onOutage, isOnOutage, 'must be "keep" or "flush"') ?? "keep",
    memoryMs: resolveDuration("memory", options.memory),
    ...resolveCodecs(options),
    leaseMs: resolveDuration("lease", options.lease) ?? 5_000,
    guard: {
      deadlineMs: resolveDuration("deadline", options.deadline) ?? 250,
      breakerFailures: resolveCount("breakerFailures", options.breakerFailures, 5),
      breakerMs: resolveDuration("breakerTime", options.breakerTime) ?? 1_000,
      maxInFlight: resolveCount("maxInFlight", options.maxInFlight, 10_000),
    },
    clock,
    random: randomOf(checkOption("random", options.random, isFunction, "must be a function")),
    onEvent: checkOption("onEvent", options.onEvent, isFunction, "must be a function"),
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
  cache = new Cache(name, resolveOptions({}), registry.subscriptions);
  registry.caches.set(name, cache);
  return cache;
}

function checkOptionName(name: string): void {
  if ((optionNames as readonly string[]).includes(name)) return;
  const near = nearest(name, optionNames);
  throw new ConfigError(
    `Unknown option "${name}". ${near ? `Did you mean "${near}"?` : `Options: ${optionNames.join(", ")}.`}`,
  );
}

/** What a function of the user's says, where it is a number from 0 to 1: what is made of it is stored. */
function randomOf(given: Options["random"] | null): () => number {
  if (!given) return Math.random;
  return () => {
    try {
      const drawn: unknown = given();
      if (typeof drawn === "number" && drawn >= 0 && drawn <= 1) return drawn;
      disown(drawn);
    } catch (error) {
      warnOf(error, "ZcacheOptionWarning");
    }
    return Math.random();
  };
}

function resolveCodecs(options: Options): Pick<Settings, "codec" | "codecs"> {
  checkOption("codecs", options.codecs, (value) => hasMethods(value, []), "must be an object of codecs by name");
  for (const [name, codec] of Object.entries(options.codecs ?? {})) {
    checkOption(`codecs.${name}`, codec, (value) => hasMethods(value, ["encode", "decode"]), mustBeCodec);
  }
  const codecs: Settings["codecs"] = { ...builtInCodecs, ...options.codecs };
  const codec = options.codec ?? "json";
  if (typeof codec === "string" && Object.hasOwn(codecs, codec)) return { codec, codecs };
  const known = Object.keys(codecs).join(", ");
  throw new ConfigError(`"codec" is ${show(codec)}, which is no codec of this cache. Codecs: ${known}.`);
}

const mustBeCodec = "must have the functions encode and decode";
const mustBeBackend = "must be a backend, such as new RedisBackend(client)";
const backendMethods = [
  "read",
  "acquire",
  "renew",
  "write",
  "release",
  "delete",
  "ensureVersions",
  "time",
] as const satisfies readonly (keyof Backend)[];

const isBackend = (value: unknown): boolean => hasMethods(value, backendMethods);
const isWeight = (value: unknown): boolean =>
  typeof value === "boolean" || (typeof value === "number" && value > 0 && Number.isFinite(value));
const isJitter = (value: unknown): boolean => typeof value === "number" && value >= 0 && value <= 0.5;
const isOnOutage = (value: unknown): boolean => value === "keep" || value === "flush";
const isClock = (value: unknown): boolean => hasMethods(value, ["now", "after"]);
