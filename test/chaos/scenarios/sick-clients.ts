import { monotonicMs } from "../monotonic";
import { sleep } from "../run-scenario";
import type { Scenario } from "../scenario";
import { startStandalone } from "./standalone";

/** Loads take this long, so that at any time some are under way, with their leases. */
const longLoads = { loaderMs: [50, 300] } as const;

export const killedClient: Scenario = {
  name: "killed-client",
  what: "a client process is killed in the middle of its loads, and another one started",
  config: () => longLoads,
  async start() {
    const stage = await startStandalone();
    stage.injure = async (random, fleet) => {
      await sleep(random.between([100, 500]));
      const killedAt = monotonicMs();
      await fleet.replace(random.pick(fleet.workers), random.below(2 ** 31));
      return { endedAt: killedAt };
    };
    return stage;
  },
};

export const pausedClient: Scenario = {
  name: "paused-client",
  what: "a client process stands still (SIGSTOP) for longer than its leases, and goes on with its writes",
  config: () => longLoads,
  async start() {
    const stage = await startStandalone();
    stage.injure = async (random, fleet) => {
      const worker = random.pick(fleet.workers);
      fleet.freeze(worker);
      await sleep(random.between([1_100, 1_800]));
      fleet.thaw(worker);
      return { endedAt: monotonicMs() };
    };
    return stage;
  },
};
