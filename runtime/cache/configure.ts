import { type Backend } from "../backends/backend";
import { Cache, type Settings } from "./cache";
import {
  checkOption,
  checkOptions,
  hasMethods,
  isBoolean,
  isFunction,
  isName,
  resolveClock,
  resolveCount,
  resolveDuration,
  show,
} from "../check-options";
import { type Clock } from "../clock";
import { type Codec } from "../codecs/codec";
import { builtInCodecs } from "../codecs/built-in-codecs";
import { ConfigError } from "../errors";
import { type Listener } from "../events";
import { MemoryBackend } from "../backends/memory-backend";
import { isDisabledByEnvironment, registry, type StudioSettings } from "./registry";
import { expectCompiled } from "./uncompiled";
import { type OptionRow, optionsAt, withDefaults } from "../options";
import { resolveVerify, type VerifyOptions } from "./verify-settings";
import { disown, warnOf } from "../user-code/thrown";

/** The options of `configure`. All of them may be left out. */
export interface Options {
  /**
   * Where entries are stored.
   * @defaultValue a `MemoryBackend` of its own: bounded, in this process
   */
  backend?: Backend;
  /**
   * Prefix of every key and tag of this cache, without the colon. A directive's or the plugin's own
   * namespace comes after it.
   * @defaultValue none
   */
  namespace?: string;
  /**
   * Time to live of entries whose directive names none, with a unit.
   * @defaultValue "1h"
   */
  ttl?: string;
  /**
   * Time to live of `null` and `undefined` if the directive names none.
   * @defaultValue the smaller of 5m and a tenth of the ttl, at least 1s
   */
  nullTtl?: string;
  /**
   * Stale-while-revalidate window: how long after its time to live an entry is still served, while
   * one caller reloads it in the background. An invalidated entry is never served.
   * @defaultValue none
   */
  stale?: string;
  /**
   * How long after its time to live an entry is served when the loader fails, or takes longer than
   * `timeout`. An invalidated entry is never served.
   * @defaultValue none
   */
  staleIfError?: string;
  /**
   * Whether a loader's exception is a failure, for which an entry within `staleIfError` (or
   * `stale`) is served instead.
   * If false, it is an answer, such as "not found", and the caller gets it. A `LoadTimeoutError` is
   * always a failure.
   * @defaultValue every exception is a failure
   * @example isFailure: (error) => !(error instanceof NotFoundError)
   */
  isFailure?: (error: unknown) => boolean;
  /**
   * Eager refresh: whether an entry is reloaded at random before its time to live ends, which is
   * the likelier the nearer the end is and the longer its loader took, so that a hot key never
   * expires for all callers at once. A number weights the loader's time: 2 is earlier.
   * @defaultValue false
   */
  early?: boolean | number;
  /**
   * The part of each time to live by which it may be shortened at random, from 0 to 0.5, so that
   * entries that were stored together don't expire together.
   * @defaultValue 0.05
   */
  jitter?: number;
  /**
   * The share of the hits that is verified if the directive says nothing: the loader runs as well,
   * in the background, and a result that differs is reported by an event (`diverged`) that says
   * why. `"0.1%"`, a number from 0 to 1, or an object of options.
   * @defaultValue 0: none
   */
  verify?: string | number | VerifyOptions;
  /**
   * How long a call waits for a loader before it gets the stale entry, or rejects with a
   * `LoadTimeoutError`. A late value is still stored.
   * @defaultValue none: as long as it takes
   */
  timeout?: string;
  /**
   * After an outage of the backend in which an invalidation was lost, or which the breaker has
   * noticed, "flush" invalidates everything that this cache stored before. "replay" keeps the
   * invalidations that could not be carried out, up to 10,000 keys and 1 MiB, and carries them out
   * before anything that was stored before is read; if there are more, it flushes. Both read one
   * more key with every entry.
   * @defaultValue "keep"
   */
  onOutage?: "keep" | "flush" | "replay";
  /**
   * How long functions whose directive doesn't set it may be served from memory without asking
   * Redis. It applies to a `TieredBackend`; other backends have no second tier.
   * @defaultValue none: Redis is asked each time
   */
  memory?: string;
  /**
   * Codec of functions whose directive names none.
   * @defaultValue "json"
   */
  codec?: string;
  /**
   * Codecs of your own, by the name that directives use. List the names in the plugin entry too:
   * `"codecs": ["msgpack"]`.
   */
  codecs?: Record<string, Codec>;
  /**
   * False disables caching: annotated functions of all caches run uncached. Invalidations are still
   * carried out, because other processes may be caching. The environment variable
   * `ZCACHE_DISABLED=1` does the same and takes precedence.
   * @defaultValue unchanged: true, until a call changes it
   */
  enabled?: boolean;
  /**
   * Whether calls are timed, for the latencies in `stats()`, of all caches.
   * @defaultValue unchanged: false, until a call changes it
   */
  measure?: boolean;
  /**
   * Whether this process reports to Studio what its caches do, once a second, through their
   * backends: see docs/studio.md. The name is shown for the process. If no call sets it, the
   * environment variable `ZCACHE_STUDIO=1` sets it to `true`.
   * @defaultValue unchanged: false, until a call changes it
   */
  studio?: boolean | { readonly name?: string };
  /**
   * The listener that is called with every event of this cache. The call is synchronous, and the
   * listener must be quick.
   * @defaultValue none
   */
  onEvent?: Listener;
  /**
   * How long a caller that died while loading can keep others waiting. A living caller renews its
   * lease.
   * @defaultValue "5s"
   */
  lease?: string;
  /**
   * How long an operation of a remote backend may take before the call continues without it.
   * @defaultValue "250ms"
   */
  deadline?: string;
  /**
   * After this many failures in a row the backend is left alone for `breakerTime`.
   * @defaultValue 5
   */
  breakerFailures?: number;
  /**
   * How long the backend is left alone. Then one operation is let through as a probe.
   * @defaultValue "1s"
   */
  breakerTime?: string;
  /**
   * The most operations that may be under way at once. Further ones fail immediately.
   * @defaultValue 10000
   */
  maxInFlight?: number;
  /**
   * The clock, for tests.
   * @defaultValue the system's
   */
  clock?: Clock;
  /**
   * The source of randomness, for tests: a number from 0 up to, but not including, 1.
   * @defaultValue `Math.random`
   */
  random?: () => number;
}

/** An option without a row in the table does not compile. */
const rows: Readonly<Record<keyof Options, OptionRow>> = optionsAt("configure");
const rowsOfStudio: Readonly<Record<"name", OptionRow>> = optionsAt("configure.studio");

/**
 * Sets up a cache. Programs call the `configure` of `studio/switch`, which also turns Studio on if
 * they ask for it.
 */
export function configure(options?: Options): void;
export function configure(name: string, options?: Options): void;
export function configure(first?: string | Options, second?: Options): void {
  const [name, options] =
    typeof first === "string" ? [first, second] : [registry.defaultName, first];
  if (name === "")
    throw new ConfigError("The name of a cache must be a string of at least one character.");
  const cache = new Cache(name, resolveOptions(options), registry);
  expectCompiled();
  const previous = registry.caches.get(name);
  // `idle` asks the current caches, and this one answers for what its predecessor still has under
  // way.
  if (previous) void cache.track(previous.idle());
  registry.caches.set(name, cache);
  const enabled = options?.enabled ?? (registry.closed || registry.enabled);
  registry.enabled = enabled && !isDisabledByEnvironment();
  registry.closed = false;
  registry.measuring = options?.measure ?? registry.measuring;
  registry.timing = registry.measuring || registry.observer !== null;
  registry.studio = resolveStudio(options?.studio, registry.studio);
  registry.generation++;
  registry.observer?.configured(cache);
}

/** Resolves raw options to settings. Throws a ConfigError for the first that is impossible. */
export function resolveOptions(options: Options = {}): Settings {
  checkOptions("configure", rows, options);
  const chosen = withDefaults("configure", options);
  const clock = resolveClock(chosen.clock);
  checkOption("measure", chosen.measure, isBoolean, "must be true or false");
  resolveStudio(chosen.studio, null);
  checkOption("enabled", chosen.enabled, isBoolean, "must be true or false");
  return {
    backend:
      checkOption("backend", chosen.backend, isBackend, mustBeBackend) ??
      new MemoryBackend({ clock }),
    namespace: checkOption(
      "namespace",
      chosen.namespace,
      isName,
      "must be a string of at least one character",
    ),
    ttlMs: resolveDuration("ttl", chosen.ttl),
    nullTtlMs: resolveDuration("nullTtl", chosen.nullTtl),
    staleMs: resolveDuration("stale", chosen.stale) ?? 0,
    staleIfErrorMs: resolveDuration("staleIfError", chosen.staleIfError) ?? 0,
    isFailure: checkOption("isFailure", chosen.isFailure, isFunction, "must be a function"),
    early: Number(
      checkOption("early", chosen.early, isWeight, "must be true, false or a number above 0"),
    ),
    jitter: checkOption("jitter", chosen.jitter, isJitter, "must be a number from 0 to 0.5"),
    verify: resolveVerify(chosen.verify),
    timeoutMs: resolveDuration("timeout", chosen.timeout),
    onOutage: checkOption(
      "onOutage",
      chosen.onOutage,
      isOnOutage,
      'must be "keep", "flush" or "replay"',
    ),
    memoryMs: resolveDuration("memory", chosen.memory),
    ...resolveCodecs(chosen),
    leaseMs: resolveDuration("lease", chosen.lease),
    guard: {
      deadlineMs: resolveDuration("deadline", chosen.deadline),
      breakerFailures: resolveCount("breakerFailures", chosen.breakerFailures),
      breakerMs: resolveDuration("breakerTime", chosen.breakerTime),
      maxInFlight: resolveCount("maxInFlight", chosen.maxInFlight),
    },
    clock,
    random: randomOf(checkOption("random", chosen.random, isFunction, "must be a function")),
    onEvent: checkOption("onEvent", chosen.onEvent, isFunction, "must be a function"),
  };
}

function resolveStudio(
  given: Options["studio"],
  current: StudioSettings | null,
): StudioSettings | null {
  if (given === undefined) return current;
  if (typeof given === "boolean") return given ? { name: null } : null;
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new ConfigError(
      `"studio" must be true, false or an object such as { name: "api" }, but got: ${show(given)}.`,
    );
  checkOptions("configure.studio", rowsOfStudio, given);
  return {
    name: checkOption(
      "studio.name",
      given.name,
      isName,
      "must be a string of at least one character",
    ),
  };
}

/** Returns the cache of that name. The default cache is created on first use. */
export function cacheNamed(name: string): Cache {
  let cache = registry.caches.get(name);
  if (cache) return cache;
  if (name !== registry.defaultName) {
    const known = [...registry.caches.keys()].filter((other) => other !== registry.defaultName);
    throw new ConfigError(
      `There is no cache named "${name}". ${known.length > 0 ? `Caches: ${known.join(", ")}. ` : ""}Call configure("${name}", { … }) first.`,
    );
  }
  cache = new Cache(name, resolveOptions({}), registry);
  registry.caches.set(name, cache);
  registry.observer?.configured(cache);
  return cache;
}

/**
 * Wraps a user's function, and uses its result if it is a number from 0 to 1, because what is made
 * of it is stored.
 */
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

function resolveCodecs(options: Options & { codec: string }): Pick<Settings, "codec" | "codecs"> {
  checkOption(
    "codecs",
    options.codecs,
    (value) => hasMethods(value, []),
    "must be an object of codecs by name",
  );
  for (const [name, codec] of Object.entries(options.codecs ?? {})) {
    checkOption(
      `codecs.${name}`,
      codec,
      (value) => hasMethods(value, ["encode", "decode"]),
      mustBeCodec,
    );
  }
  const codecs: Settings["codecs"] = { ...builtInCodecs, ...options.codecs };
  const { codec } = options;
  if (typeof codec === "string" && Object.hasOwn(codecs, codec)) return { codec, codecs };
  const known = Object.keys(codecs).join(", ");
  throw new ConfigError(
    `"codec" is ${show(codec)}, which is not a codec of this cache. Codecs: ${known}.`,
  );
}

const mustBeCodec = "must have the functions encode and decode";
const mustBeBackend = "must be a backend, such as new RedisBackend(client)";
/** The methods that every backend has. */
export const backendMethods = [
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
const isJitter = (value: unknown): boolean =>
  typeof value === "number" && value >= 0 && value <= 0.5;
const isOnOutage = (value: unknown): boolean =>
  value === "keep" || value === "flush" || value === "replay";
