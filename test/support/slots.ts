import { slotCount, slotOf } from "../../runtime/backends/redis/key-slot";

/** Returns the slots of one of the masters that `startCluster` has started. */
export function slotsOfMaster(index: number, count = 3): readonly [first: number, last: number] {
  const [first, next] = [index, index + 1].map((share) =>
    Math.floor((slotCount * share) / count),
  ) as [number, number];
  return [first, next - 1];
}

/** Returns keys whose slots are in the range. */
export function keysIn(
  [first, last]: readonly [number, number],
  count: number,
  prefix = "k",
): string[] {
  const keys: string[] = [];
  for (let n = 0; keys.length < count; n++) {
    const slot = slotOf(`${prefix}${n}`);
    if (slot >= first && slot <= last) keys.push(`${prefix}${n}`);
  }
  return keys;
}
