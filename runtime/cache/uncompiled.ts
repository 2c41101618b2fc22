import { systemClock } from "../clock";
import { registry } from "./registry";

/** Long enough for a program to have loaded the modules that it begins with. */
const patienceMs = 5000;

/**
 * Called when a program sets up or uses the cache, which means that it expects to have cached
 * functions. If it has none after a while, its files were most likely built without zcache, and a
 * warning says so, once. There is no warning in tests, which load what they test.
 */
export function expectCompiled(): void {
  if (registry.compiled !== "unknown") return;
  registry.compiled = "expected";
  if (isTest()) return;
  systemClock.after(patienceMs, () => {
    if (registry.compiled === "expected")
      process.emitWarning(message, { type: "ZcacheWarning", code: "ZCACHE_NOT_COMPILED" });
  });
}

const message =
  "This program uses zcache, but no function that zcache has compiled has been loaded, so nothing is cached. " +
  "Most likely its files were built without zcache: `npx zcache doctor` shows what to add, and docs/hosts.md has the line for each host. " +
  "If that is intended, --disable-warning=ZCACHE_NOT_COMPILED silences this.";

/** Records that a cached function exists, so the program was compiled. */
export function markCompiled(): void {
  registry.compiled = "yes";
}

function isTest(): boolean {
  const { env } = process;
  return (
    ["VITEST", "JEST_WORKER_ID", "NODE_TEST_CONTEXT"].some((name) => env[name] !== undefined) ||
    env["NODE_ENV"] === "test"
  );
}
