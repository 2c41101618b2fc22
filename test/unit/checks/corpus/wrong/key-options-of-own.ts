// expect: unkeyable-value@12:4, unkeyable-value@17:4, unkeyable-value@22:4
// What the program itself declares, it has a use for; and what a library's type requires is always there.
import { type PerformanceObserverEntryList } from "node:perf_hooks";

interface Connection {
  query(sql: string): Promise<string[]>;
}
interface Options {
  readonly connection?: Connection;
}

// @zcache ttl: 1m
export async function users(team: string, options: Options = {}): Promise<string[]> {
  return (await options.connection?.query(team)) ?? [];
}

// @zcache ttl: 1m
export async function names(source: string[] | (() => string[])): Promise<string[]> {
  return typeof source === "function" ? source() : source;
}

// @zcache ttl: 1m
export async function count(list: { entries: PerformanceObserverEntryList }): Promise<number> {
  return list.entries.getEntries().length;
}
