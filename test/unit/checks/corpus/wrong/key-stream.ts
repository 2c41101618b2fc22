// expect: unkeyable-value@4:4
import type { Readable } from "node:stream";

// @zcache ttl: 1m
export async function checksum(upload: Readable): Promise<number> {
  let size = 0;
  for await (const chunk of upload) size += String(chunk).length;
  return size;
}
