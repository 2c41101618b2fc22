// expect: unshareable-result@4:4
import { open } from "node:fs/promises";

// @zcache ttl: 10m
export async function openLog(name: string) {
  return open(name);
}
