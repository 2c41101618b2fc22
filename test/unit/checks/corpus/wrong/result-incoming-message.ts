// expect: unshareable-result@4:4
import { get, type IncomingMessage } from "node:http";

// @zcache ttl: 1h
export async function request(url: string): Promise<IncomingMessage> {
  return new Promise((resolve) => get(url, resolve));
}
