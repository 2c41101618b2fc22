import { type Cache } from "./cache";
import { type Account } from "./counters";
import { type Subscription } from "../events";
import { type Observer } from "./observer";
import { sharedInProcess } from "./shared-state";

/** The value of `configure({ studio })`, or of the environment variable. */
export interface StudioSettings {
  /** The name that distinguishes this process from others. */
  readonly name: string | null;
}

/** The caches of the process, with their counters and listeners. */
export interface Registry {
  readonly defaultName: string;
  readonly caches: Map<string, Cache>;
  enabled: boolean;
  /**
   * Whether the caches were closed while they were enabled, so that the next `configure` enables
   * them again.
   */
  closed: boolean;
  /** The accounts of functions by name, whichever cache they use at this point. */
  readonly accounts: Map<string, Account>;
  readonly subscriptions: Set<Subscription>;
  /** Whether all calls are timed. */
  measuring: boolean;
  /** The program's settings for Studio's agent, or null if it wants none. */
  studio: StudioSettings | null;
  /** Studio's agent while it runs. */
  observer: Observer | null;
  /** Whether calls may be timed: all of them, or a sample for the observer. Each call reads it. */
  timing: boolean;
  /**
   * Whether functions that zcache has compiled exist. It is "expected" while the program behaves as
   * if they did.
   */
  compiled: "unknown" | "expected" | "yes";
  /** Grows with every `configure`, so that functions look their cache up again. */
  generation: number;
}

export const registry = sharedInProcess<Registry>("registry", () => ({
  defaultName: "default",
  caches: new Map(),
  enabled: !isDisabledByEnvironment(),
  closed: false,
  accounts: new Map(),
  subscriptions: new Set(),
  measuring: false,
  studio: isInEnvironment("ZCACHE_STUDIO") ? { name: null } : null,
  observer: null,
  timing: false,
  compiled: "unknown",
  generation: 0,
}));

/** Reads `ZCACHE_DISABLED=1`, so that a user can rule the cache out without changing code. */
export function isDisabledByEnvironment(): boolean {
  return isInEnvironment("ZCACHE_DISABLED");
}

function isInEnvironment(name: string): boolean {
  const value = process.env[name];
  return value !== undefined && value !== "" && value !== "0" && value !== "false";
}
