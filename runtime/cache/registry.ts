import { type AsyncLocalStorage } from "node:async_hooks";
import { type Cache } from "./cache";
import { type Account } from "./counters";
import { type Subscription } from "../events";
import { type Runs } from "../loads/runs";
import { type TransactionByHand } from "../transactions/by-hand";
import { type Scope } from "../transactions/scope";
import { type Control } from "../calls/with-cache";

/** What all copies of zcache in one process share: both module formats, and several installed versions. */
export interface Registry {
  readonly defaultName: string;
  readonly caches: Map<string, Cache>;
  enabled: boolean;
  /** Closed while enabled: the next `configure` enables again. */
  closed: boolean;
  /** Of functions, by name: whatever cache they use by now. */
  readonly accounts: Map<string, Account>;
  readonly subscriptions: Set<Subscription>;
  /** Whether calls are timed. */
  measuring: boolean;
  /** Null until `withCache` is used for the first time. */
  control: AsyncLocalStorage<Control> | null;
  readonly runs: Runs;
  /** Null until `transactional` is used for the first time. */
  scopes: AsyncLocalStorage<Scope> | null;
  /** The transactions of libraries that were begun by hand, outside of every scope, and have not ended. */
  readonly byHand: Set<TransactionByHand>;
  /** Whether functions that zcache has compiled exist; "expected" while the program acts as if. */
  compiled: "unknown" | "expected" | "yes";
  /** Grows with every `configure`, so that functions look their cache up again. */
  generation: number;
}

// The number is that of the shape of all that is reached from here: copies of another shape have a registry of their own.
const registryKey = Symbol.for("zcache.registry.4");

const shared = globalThis as { [registryKey]?: Registry };

export const registry: Registry = (shared[registryKey] ??= {
  defaultName: "default",
  caches: new Map(),
  enabled: !isDisabledByEnvironment(),
  closed: false,
  accounts: new Map(),
  subscriptions: new Set(),
  measuring: false,
  control: null,
  runs: { storage: null, underWay: 0 },
  scopes: null,
  byHand: new Set(),
  compiled: "unknown",
  generation: 0,
});

/** `ZCACHE_DISABLED=1`, so that a user can rule the cache out without touching code. */
export function isDisabledByEnvironment(): boolean {
  const value = process.env["ZCACHE_DISABLED"];
  return value !== undefined && value !== "" && value !== "0" && value !== "false";
}
