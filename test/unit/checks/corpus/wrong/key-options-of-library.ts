// expect: hint unkeyable-value@5:4, hint unkeyable-value@10:4
// A call with a signal rejects, one with headers alone does not: what a library's type allows, the program may never pass.
import { type RequestOptions } from "node:https";

// @zcache ttl: 1m
export async function get(url: string, init?: RequestInit): Promise<string> {
  return (await fetch(url, init)).text();
}

// @zcache ttl: 1m
export async function pathOf(options: RequestOptions): Promise<string> {
  return `${options.host ?? ""}${options.path ?? "/"}`;
}
