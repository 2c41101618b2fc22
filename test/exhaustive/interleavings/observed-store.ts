import type { AcquireRequest, AcquireResult } from "../../../runtime/backends/backend";
import { MemoryBackend } from "../../../runtime/backends/memory-backend";
import { caller, nextMoment } from "./world";

/** The store of all processes. It records when a refresh takes its leases. */
export class ObservedStore extends MemoryBackend {
  override async acquire(requests: readonly AcquireRequest[]): Promise<AcquireResult[]> {
    const { leasedAt } = caller.getStore() ?? {};
    const moment = nextMoment();
    const results = await super.acquire(requests);
    for (const [i, { key }] of requests.entries())
      if (results[i]?.status === "acquired") leasedAt?.set(key, moment);
    return results;
  }
}
