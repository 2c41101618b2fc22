import type { TieredBackend } from "../../runtime/backends/tiered/tiered-backend";
import { until } from "./redis";

const minute = { memoryMs: 60_000 };

interface OtherClient {
  set(key: string, value: string, unit: "PX", ttlMs: number): Promise<unknown>;
  del(key: string): Promise<unknown>;
}

/**
 * Reads until all keys are in memory, because the report of an earlier write may come after the
 * answer to the first read.
 */
export async function fill(tier: TieredBackend, keys: readonly string[]): Promise<void> {
  await until(`${keys.join(", ")} are in memory`, async () => {
    for (const key of keys) await tier.read([key], minute);
    await until("nothing is under way", async () => tier.pendingReads === 0);
    return keys.every((key) => tier.peek(key, minute) !== null);
  });
}

/**
 * Waits until everything that the tier has sent to the key's node is answered, and everything that
 * the node has reported until then has arrived. A connection keeps the order: a read is answered
 * after the canary before it, and the report of a later change comes last.
 */
export async function proven(
  tier: TieredBackend,
  other: OtherClient,
  key = "proof",
): Promise<void> {
  await other.set(key, "x", "PX", 60_000);
  await fill(tier, [key]);
  await other.del(key);
  await until("the proof has arrived", async () => tier.peek(key, minute) === null);
}
