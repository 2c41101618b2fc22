import { CodecError } from "../errors";
import { type KeyEvent } from "../events";
import { asError, messageOf } from "../user-code/thrown";
import { type BoundPlan } from "./bound-plan";

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
