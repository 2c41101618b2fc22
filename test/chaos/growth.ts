import type { Sample } from "./soak";

/** Caches fill and code is compiled until then, and so earlier samples aren't compared. */
const warmShare = 0.3;
/** The size of the heap after a collection varies by this much. */
const slackShare = 0.05;
const slackBytes = 1_000_000;

/**
 * Says in sentences which of these samples grew. The later half is compared with the earlier,
 * without the first few.
 */
export function findGrowth(samples: readonly Sample[]): string[] {
  const warm = samples.slice(Math.floor(samples.length * warmShare));
  const half = warm.length >> 1;
  const [earlier, later] = [warm.slice(0, half), warm.slice(warm.length - half)];
  if (half < 2) return ["There are too few samples to tell."];
  const growth: string[] = [];
  for (const what of ["heapBytes", "externalBytes"] as const) {
    const [before, after] = [earlier, later].map((part) =>
      median(part.map((sample) => sample[what])),
    ) as [number, number];
    if (after > before * (1 + slackShare) + slackBytes) {
      growth.push(`${what} grew from ${before} to ${after}.`);
    }
  }
  for (const what of ["handles", "listeners"] as const) {
    const [before, after] = [earlier, later].map((part) =>
      Math.max(...part.map((sample) => sample[what])),
    ) as [number, number];
    if (after > before) growth.push(`${what} grew from ${before} to ${after}.`);
  }
  const busy = samples.find(({ loads }) => loads > 0);
  if (busy) growth.push(`${busy.loads} loads were left over after ${busy.operations} operations.`);
  return growth;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}
