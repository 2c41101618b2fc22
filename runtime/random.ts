import { idLength } from "./entry";

// One call into the generator for many ids: filling 8 bytes costs about as much as filling 4096.
const poolSize = 4096;
let pool = Buffer.alloc(0);
let used = 0;

/**
 * 8 random bytes: the id of an entry, a lease token, or a tag version. Each is an ASCII
 * character (56 bits are chance), so that commands with them are text. They are a part of
 * a larger Buffer: copy what is to be kept for long.
 */
export function randomId(): Buffer {
  if (used === pool.length) {
    pool = Buffer.allocUnsafeSlow(poolSize);
    // On the first miss, not on import.
    (require("node:crypto") as typeof import("node:crypto")).randomFillSync(pool);
    for (let i = 0; i < poolSize; i++) pool[i] = (pool[i] as number) & 0x7f;
    used = 0;
  }
  used += idLength;
  return pool.subarray(used - idLength, used);
}
