// expect: unshareable-result@4:4
import { createReadStream, type ReadStream } from "node:fs";

// @zcache ttl: 10m
export async function download(name: string): Promise<ReadStream> {
  return createReadStream(name);
}
