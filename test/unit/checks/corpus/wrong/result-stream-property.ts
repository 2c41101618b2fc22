// expect: unshareable-result@6:4
import type { Readable } from "node:stream";
declare function getObject(key: string): Promise<{ Body: Readable; ContentLength: number }>;

// As the AWS SDK's GetObject.
// @zcache ttl: 10m
export async function object(key: string) {
  return getObject(key);
}
