import { type BoundPlan, keyOf, versionKeysOf } from "./bound-plan";
import { type Loader } from "./loader";
import { type Load, readAgain, type Shared, startLoads } from "./load";
import { lookUp, type Wanted } from "./lookup";

/**
 * A call of a cached function: read, and on a miss load, store and return. Callers of one
 * key in one process share a load (see `Load`).
 */
export async function readThrough(bound: BoundPlan, loader: Loader, self: unknown, args: ArrayLike<unknown>): Promise<unknown> {
  const { cache } = bound;
  const wanted: Wanted = { key: keyOf(bound, self, args), args, versionKeys: versionKeysOf(bound, self, args) };
  const arrival = cache.tick();
  for (;;) {
    const running = cache.loads.get(wanted.key);
    if (running) {
      const shared = await join(running, arrival);
      if (shared === readAgain) continue;
      return copyOf(bound, wanted.key, shared);
    }
    const found = await lookUp(bound, wanted);
    if (found.hit) return found.value;
    // Somebody else may have begun while this caller read.
    if (cache.loads.has(wanted.key)) continue;
    const run = async (): Promise<unknown[]> => [await loader.apply(self, args as unknown[])];
    const [load] = startLoads(bound, self, [found.missing], run) as [Load];
    const own = await load.result;
    if (own !== readAgain) return own.value;
  }
}

/** Waits for a load that somebody else began: its value, for those who came before it started. */
export async function join(load: Load, arrival: number): Promise<Shared | typeof readAgain> {
  if (load.serves(arrival)) return load.result;
  await load.ended;
  return readAgain;
}

/** What one caller changes in its value, no other sees. A value that was not encoded can only be shared as it is. */
export function copyOf({ plan, cache, codec }: BoundPlan, key: string, { value, payload }: Shared): unknown {
  cache.emit({ type: "share", name: plan.name, key });
  return payload === null ? value : codec.decode(payload);
}
