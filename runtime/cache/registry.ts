import { type Cache } from "./cache";
import { type Account } from "./counters";
import { type Subscription } from "../events";
import { sharedInProcess } from "./shared-state";

/** The caches of the process, with their counters and listeners. */
export interface Registry {
  readonly defaultName: string;
  readonly caches: Map<string, Cache>;
  enabled: boolean;
  /** Closed while enabled: the next `configure` enables again. */
  closed: boolean;
  /** The accounts of functions by name, whichever cache they use at this point. */
  readonly accounts: Map<string, Account>;
  readonly subscriptions: Set<Subscription>;
  /** Whether calls are timed. */
  measuring: boolean;
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
  compiled: "unknown",
  generation: 0,
}));

/** Reads `ZCACHE_DISABLED=1`, so that a user can rule the cache out without changing code. */
export function isDisabledByEnvironment(): boolean {
  const value = process.env["ZCACHE_DISABLED"];
  return value !== undefined && value !== "" && value !== "0" && value !== "false";
}
