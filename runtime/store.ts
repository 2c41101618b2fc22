import { type BoundPlan } from "./bound-plan";
import { asError } from "./cache";
import { createStored } from "./entry";
import { CodecError } from "./errors";
import { type Lease, releaseLeases } from "./lease";
import { randomId } from "./random";

/** One value that a holder of a lease wants stored. */
export interface Write {
  readonly lease: Lease;
  readonly versionKeys: readonly string[];
  /** Those that stood before the loader ran, in the order of their keys. */
  readonly versions: readonly Buffer[];
  readonly value: unknown;
  readonly payload: Buffer;
}

/** Stores what leases still permit: whether each was. A fault is an event, and stores nothing. Never rejects. */
export async function store(bound: BoundPlan, writes: readonly Write[]): Promise<readonly boolean[]> {
  if (writes.length === 0) return [];
  const { plan, cache, ttlMs, nullTtlMs } = bound;
  const keys = writes.map(({ lease }) => lease.key);
  const requests = writes.map(({ lease: { key, token }, versionKeys, versions, value, payload }) => ({
    key,
    token,
    bytes: createStored(randomId(), versions, payload),
    ttlMs: value == null ? nullTtlMs : ttlMs,
    versionKeys,
  }));
  try {
    const stored = await cache.ask("write", keys, (backend) => backend.write(requests));
    keys.forEach((key, i) => cache.emit({ type: stored[i] ? "store" : "drop", name: plan.name, key }));
    return stored;
  } catch {
    // A full Redis refuses writes only: with the leases gone the next callers needn't wait for them.
    void cache.track(releaseLeases(cache, requests));
    return writes.map(() => false);
  }
}

/** What `when` says. */
export function isWanted(
  { plan, cache }: BoundPlan,
  self: unknown,
  key: string,
  args: ArrayLike<unknown>,
  value: unknown,
): boolean {
  if (!plan.when) return true;
  try {
    if (plan.when.apply(self, [value, ...Array.from(args)])) return true;
    cache.emit({ type: "skip", name: plan.name, key });
  } catch (cause) {
    const message = `"when" of ${plan.name} could not judge the result: ${asError(cause).message}`;
    cache.emit({ type: "unusable", name: plan.name, key, error: new CodecError(message, key, { cause }) });
  }
  return false;
}

/** Null for what the codec has no form for, which is an event. */
export function encode({ plan, cache, codec }: BoundPlan, key: string, value: unknown): Buffer | null {
  try {
    return asBuffer(codec.encode(value));
  } catch (cause) {
    const message = `The result of ${plan.name} could not be encoded: ${asError(cause).message}`;
    cache.emit({ type: "unusable", name: plan.name, key, error: new CodecError(message, key, { cause }) });
    return null;
  }
}

/** A user's codec may make any Uint8Array. */
function asBuffer(payload: Uint8Array): Buffer {
  if (Buffer.isBuffer(payload)) return payload;
  if (payload instanceof Uint8Array) return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  throw new TypeError("encode must return a Buffer.");
}
