import { type RecordableHistogram } from "node:perf_hooks";
import { type BoundPlan } from "../loads/bound-plan";
import { CodecError } from "../errors";
import { type KeyEvent } from "../events";
import { asError, messageOf } from "../user-code/thrown";

/** How often each thing has happened to a function, and what went over the wire. */
export type Counters = Record<KeyEvent["type"] | "error" | "unusable" | "readBytes" | "storedBytes", number>;

/** Counters of one function, and how long its calls took while they were measured. */
export interface Account {
  counters: Counters;
  /** Of calls that ran no loader of their own and of those that did, in nanoseconds. */
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
  };
}

/** Counts it, and tells whoever listens. */
export function note(bound: BoundPlan, type: KeyEvent["type"], key: string): void {
  bound.account.counters[type]++;
  tell(bound, type, key);
}

/** For what is counted already. */
export function tell({ plan, cache }: BoundPlan, type: KeyEvent["type"], key: string): void {
  if (cache.isHeard()) cache.emit({ type, name: plan.name, key });
}

/** `note`, for many keys at once. */
export function noteAll(bound: BoundPlan, type: KeyEvent["type"], keys: readonly string[]): void {
  bound.account.counters[type] += keys.length;
  for (const key of keys) tell(bound, type, key);
}

/** @param what a sentence without its end, which the cause is */
export function noteUnusable({ plan, cache, account }: BoundPlan, key: string, what: string, cause: unknown): void {
  account.counters.unusable++;
  if (!cache.isHeard()) return;
  const error = new CodecError(`${what}: ${messageOf(cause)}`, key, { cause });
  cache.emit({ type: "unusable", name: plan.name, key, error });
}

/** A call that isn't cached, because of what it is made on. */
export function noteReceiver({ plan, cache, account }: BoundPlan, error: Error): void {
  account.counters.unusable++;
  if (cache.isHeard()) cache.emit({ type: "unusable", name: plan.name, key: "", error });
}

export function noteFailure({ plan, cache, account }: BoundPlan, keys: readonly string[], cause: unknown): void {
  account.counters.error++;
  if (cache.isHeard()) cache.emit({ type: "error", name: plan.name, keys, error: asError(cause) });
}
