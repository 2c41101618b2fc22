import { type BoundPlan, keyOf, versionKeysOf } from "./bound-plan";
import { asError } from "./cache";
import { CodecError } from "./errors";
import { type Load, readAgain, type Shared } from "./load";
import { type Loader } from "./loader";
import { lookUp, type Wanted } from "./lookup";
import { startLoads } from "./start-loads";

/**
 * A call of a cached function: read, and on a miss load, store and return. Callers of one
 * key in one process share a load (see `Load`).
 */
export async function readThrough(
  bound: BoundPlan,
  loader: Loader,
  self: unknown,
  args: ArrayLike<unknown>,
): Promise<unknown> {
  const { cache } = bound;
  const wanted: Wanted = { key: keyOf(bound, self, args), args, versionKeys: versionKeysOf(bound, self, args) };
  const run = async (): Promise<unknown[]> => [await loader.apply(self, args as unknown[])];
  const arrival = cache.tick();
  for (;;) {
    const running = cache.loads.get(wanted.key);
    if (running) {
      const shared = await running.join(arrival, (key) => key === wanted.key);
      if (shared === readAgain) continue;
      return copyOf(bound, wanted.key, shared);
    }
    const found = await lookUp(bound, wanted);
    if (found.hit) return found.value;
    // Somebody else may have begun while this caller read.
    if (cache.loads.has(wanted.key)) continue;
    const [load] = startLoads(bound, self, [found.missing], run) as [Load];
    const own = await load.result;
    if (own !== readAgain) return own.value;
  }
}

/** What one caller changes in its value, no other sees. A value that has no encoded form can only be shared as it is. */
export function copyOf({ plan, cache }: BoundPlan, key: string, { value, payload, codec }: Shared): unknown {
  cache.emit({ type: "share", name: plan.name, key });
  if (payload === null) return value;
  try {
    return codec.decode(payload);
  } catch (cause) {
    const message = `The result of ${plan.name} could not be decoded: ${asError(cause).message}`;
    cache.emit({ type: "unusable", name: plan.name, key, error: new CodecError(message, key, { cause }) });
    return value;
  }
}
