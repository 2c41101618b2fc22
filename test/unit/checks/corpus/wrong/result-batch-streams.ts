// expect: unshareable-result@4:4
import { createReadStream, type ReadStream } from "node:fs";

// @zcache batch
export async function open(...names: string[]): Promise<ReadStream[]> {
  return names.map((name) => createReadStream(name));
}
