import { type Cache } from "./cache";

/** What all copies of zcache in one process share: both module formats, and several installed versions. */
export interface Registry {
  readonly defaultName: string;
  readonly caches: Map<string, Cache>;
  enabled: boolean;
  /** Grows with every `configure`, so that functions look their cache up again. */
  generation: number;
}

const registryKey = Symbol.for("zcache.registry.1");

const shared = globalThis as { [registryKey]?: Registry };

export const registry: Registry = (shared[registryKey] ??= {
  defaultName: "default",
  caches: new Map(),
  enabled: !isDisabledByEnvironment(),
  generation: 0,
});

/** `ZCACHE_DISABLED=1`, so that a user can rule the cache out without touching code. */
export function isDisabledByEnvironment(): boolean {
  const value = process.env["ZCACHE_DISABLED"];
  return value !== undefined && value !== "" && value !== "0" && value !== "false";
}
