import { idLength } from "./entry";

// One call into the generator for many ids: filling 8 bytes costs about as much as filling 4096.
const pool = Buffer.alloc(4096);
let used = pool.length;

/** 8 random bytes: the id of an entry, a lease token, or a tag version. */
export function randomId(): Buffer {
  if (used === pool.length) {
    // On the first miss, not on import.
    (require("node:crypto") as typeof import("node:crypto")).randomFillSync(pool);
    used = 0;
  }
  const id = Buffer.from(pool.subarray(used, used + idLength));
  used += idLength;
  return id;
}
