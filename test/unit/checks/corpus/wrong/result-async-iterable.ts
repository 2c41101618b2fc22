// expect: unshareable-result@5:4
import { createInterface } from "node:readline";
import { createReadStream } from "node:fs";

// @zcache ttl: 10m
export async function lines(name: string): Promise<AsyncIterable<string>> {
  return createInterface(createReadStream(name));
}
