import { invalidateByCommand } from "../commands";
import { monotonicMs } from "../monotonic";
import { sleep } from "../run-scenario";
import type { Scenario } from "../scenario";
import { startStandalone } from "./standalone";

const cells = 6;
const commandsAtATime = 10;

/** Loads take a while, so that many commands come while one is under way. */
export const commandLine: Scenario = {
  name: "commands",
  what: "an operator's commands (zcache invalidate, invalidate-tag) end what client processes load and read",
  config: () => ({ cells, loaderMs: [5, 60] }),
  async start() {
    const stage = await startStandalone();
    const url = `redis://127.0.0.1:${stage.server.port}`;
    stage.injure = async (random, fleet) => {
      for (let i = 0; i < commandsAtATime; i++) {
        const first = random.below(cells);
        await invalidateByCommand(fleet, [first, (first + 1) % cells], url, random);
        await sleep(random.between([5, 50]));
      }
      return { endedAt: monotonicMs() };
    };
    return stage;
  },
};
