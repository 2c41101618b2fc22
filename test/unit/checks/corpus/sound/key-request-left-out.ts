import type { IncomingMessage } from "node:http";

// @zcache key: "page:{req.url}:{req.headers.host}:{req.headers['accept-language']}"
export async function page(req: IncomingMessage): Promise<string> {
  return `page ${req.url} of ${req.headers.host} in ${req.headers["accept-language"]}`;
}
