// expect: unkeyable-value@5:4
import type { IncomingMessage } from "node:http";

// The whole request as a key.
// @zcache ttl: 1m
export async function landingPage(req: IncomingMessage): Promise<string> {
  return `page of ${req.url}`;
}
