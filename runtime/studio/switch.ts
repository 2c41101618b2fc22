import { configure as configureCache, type Options } from "../cache/configure";
import { registry } from "../cache/registry";

/**
 * Sets up the default cache, or the one that directives call by `name` (`cache: sessions`).
 * Options that are left out get their defaults, whatever an earlier call set. Calls under way
 * finish with the settings that they began with.
 *
 * @throws ConfigError for an option that does not exist or has an impossible value; nothing is
 * changed then
 * @example configure({ backend: new RedisBackend(new Redis()), ttl: "10m" })
 */
export function configure(options?: Options): void;
export function configure(name: string, options?: Options): void;
export function configure(first?: string | Options, second?: Options): void {
  configureCache(first as string, second);
  followSwitch();
}

/**
 * Loads and starts Studio's agent if the program or the environment turns it on, and stops it if
 * the program turns it off.
 */
export function followSwitch(): void {
  if (registry.studio) agent().startAgent(registry.studio);
  else if (registry.observer) agent().stopAgent();
}

/** A program without Studio never loads this module. */
function agent(): typeof import("./agent") {
  return require("./agent") as typeof import("./agent");
}
