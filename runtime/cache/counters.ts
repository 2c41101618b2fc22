import { type RecordableHistogram } from "node:perf_hooks";
import { type KeyEvent } from "../events";

/** How often each thing has happened to a function, and the bytes that were read and stored. */
export type Counters = Record<
  KeyEvent["type"] | "error" | "unusable" | "readBytes" | "storedBytes" | "verified" | "diverged",
  number
>;

/** Counters of one function, and how long its calls took while they were measured. */
export interface Account {
  counters: Counters;
  /** Latencies of calls that ran no loader of their own and of those that did, in nanoseconds. */
  latencies: { readonly cached: RecordableHistogram; readonly loaded: RecordableHistogram } | null;
}

export function createCounters(): Counters {
  return {
    hit: 0,
    stale: 0,
    miss: 0,
    share: 0,
    load: 0,
    error: 0,
    store: 0,
    drop: 0,
    skip: 0,
    invalidate: 0,
    unusable: 0,
    readBytes: 0,
    storedBytes: 0,
    verified: 0,
    diverged: 0,
  };
}
