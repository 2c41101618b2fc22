import { type Cache } from "../cache/cache";
import { registry } from "../cache/registry";
import { CodecError } from "../errors";
import { type KeyEvent } from "../events";
import { asError, messageOf } from "../user-code/thrown";
import { type BoundPlan } from "./bound-plan";

/** Counts an event of a key, and notifies the listeners. */
export function record(bound: BoundPlan, type: KeyEvent["type"], key: string): void {
  bound.account.counters[type]++;
  notify(bound, type, key);
}

/** Notifies the listeners of an event that is counted already. */
export function notify({ plan, cache }: BoundPlan, type: KeyEvent["type"], key: string): void {
  if (isListenedTo(cache)) cache.emit({ type, name: plan.name, key });
}

/**
 * Notifies the listeners of a hit that is counted already. Studio gets no event, because it looks
 * at a sample only.
 */
export function notifyHit({ plan, cache }: BoundPlan, key: string): void {
  if (cache.isHeard()) cache.emit({ type: "hit", name: plan.name, key });
  if (registry.timing) registry.observer?.hit(cache, plan.name, key);
}

/** Returns whether anyone is notified of an event that isn't a hit. */
function isListenedTo(cache: Cache): boolean {
  return cache.isHeard() || registry.observer !== null;
}

/** Does what `record` does, for many keys at once. */
export function recordAll(bound: BoundPlan, type: KeyEvent["type"], keys: readonly string[]): void {
  bound.account.counters[type] += keys.length;
  for (const key of keys) notify(bound, type, key);
}

/** @param what the beginning of the message, which ends with the cause */
export function recordUnusable(
  { plan, cache, account }: BoundPlan,
  key: string,
  what: string,
  cause: unknown,
): void {
  account.counters.unusable++;
  if (!isListenedTo(cache)) return;
  const error = new CodecError(`${what}: ${messageOf(cause)}`, key, { cause });
  cache.emit({ type: "unusable", name: plan.name, key, error });
}

/** Records a call that isn't cached because of its receiver. */
export function recordUnknownReceiver({ plan, cache, account }: BoundPlan, error: Error): void {
  account.counters.unusable++;
  if (isListenedTo(cache)) cache.emit({ type: "unusable", name: plan.name, key: "", error });
}

export function recordFailure(
  { plan, cache, account }: BoundPlan,
  keys: readonly string[],
  cause: unknown,
): void {
  account.counters.error++;
  if (isListenedTo(cache))
    cache.emit({ type: "error", name: plan.name, keys, error: asError(cause) });
}
