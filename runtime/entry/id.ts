import { idLength } from "./entry";

// One call into the generator makes many ids, because filling 8 bytes costs about as much as
// filling 4096.
const poolSize = 4096;
let pool = "";
let used = poolSize;

/**
 * Returns the id of an entry, a lease token, or a tag version: 8 random ASCII characters (56 random
 * bits), so that commands with them are text.
 */
export function randomId(): string {
  if (used === poolSize) {
    // It is loaded on the first miss, not on import.
    const { randomBytes } = require("node:crypto") as typeof import("node:crypto");
    const bytes = randomBytes(poolSize);
    for (let i = 0; i < poolSize; i++) bytes[i] = (bytes[i] as number) & 0x7f;
    pool = bytes.toString("latin1");
    used = 0;
  }
  used += idLength;
  return pool.slice(used - idLength, used);
}
