import { type Proxy, startProxy } from "../../support/proxy";
import { monotonicMs } from "../monotonic";
import type { Random } from "../random";
import { sleep } from "../run-scenario";
import type { Scenario } from "../scenario";
import { drawDurationMs, type Standalone, startStandalone } from "./standalone";

export interface Linked extends Standalone {
  readonly proxy: Proxy;
}

/** Starts one server, which client processes reach through a proxy. */
export async function startLinked(): Promise<Linked> {
  const standalone = await startStandalone();
  const proxy = await startProxy(standalone.server.port);
  const stop = standalone.stop.bind(standalone);
  return Object.assign(standalone, {
    proxy,
    connection: () => ({ kind: "standalone", port: proxy.port }) as const,
    stop: async () => void (await Promise.all([proxy.stop(), stop()])),
  });
}

async function linked(injury: (proxy: Proxy, random: Random) => Promise<void>): Promise<Linked> {
  const stage = await startLinked();
  stage.injure = async (random) => {
    await injury(stage.proxy, random);
    return { endedAt: monotonicMs() };
  };
  return stage;
}

export const slow: Scenario = {
  name: "slow-link",
  what: "answers take 20 to 400 ms longer; the deadline is 250",
  start: () =>
    linked(async (proxy, random) => {
      for (const connection of proxy.connections) connection.delay(random.between([20, 400]));
      await sleep(drawDurationMs(random));
      for (const connection of proxy.connections) connection.delay(0);
    }),
};

export const halfOpen: Scenario = {
  name: "half-open",
  what: "connections stay open and bring no answers; then they are cut, or all answers come at once",
  start: () =>
    linked(async (proxy, random) => {
      const held = [...proxy.connections];
      for (const connection of held) connection.hold();
      await sleep(drawDurationMs(random));
      for (const connection of held) {
        if (random.chance(0.5)) connection.cut();
        else connection.release();
      }
    }),
};

const maxLagMs = 500;
const cells = 12;

export const tiered: Scenario = {
  name: "tiered",
  what: `a memory tier (maxLag ${maxLagMs} ms) whose connection for invalidations is cut or falls silent, in processes that stand still at times`,
  config: () => ({ maxLag: `${maxLagMs}ms`, cells }),
  // The other functions' reads, and a process's own invalidations, have no lag, as docs/tiers.md
  // says.
  lagMs: { kept: maxLagMs },
  async start() {
    const stage = await startLinked();
    const { admin, proxy } = stage;
    const tracking = async () => {
      const list = String(await admin.client("LIST"));
      const ports = list
        .split("\n")
        .filter((line) => / flags=\w*t/.test(line))
        .map((line) => Number(/ addr=[^ ]*:(\d+)/.exec(line)?.[1]));
      return proxy.connections.filter(
        ({ clientPort }) => clientPort !== undefined && ports.includes(clientPort),
      );
    };
    const faults: ((random: Random, freeze: (frozen: boolean) => void) => Promise<unknown>)[] = [
      () => admin.call("CLIENT", "KILL", "TYPE", "pubsub"),
      async () => (await tracking()).forEach((connection) => connection.cut()),
      async (random) => {
        const silent = await tracking();
        for (const connection of silent) connection.hold();
        await sleep(drawDurationMs(random));
        for (const connection of silent)
          random.chance(0.5) ? connection.cut() : connection.release();
      },
      async (random, freeze) => {
        freeze(true);
        await sleep(drawDurationMs(random));
        freeze(false);
      },
    ];
    stage.injure = async (random, fleet) => {
      const worker = random.pick(fleet.workers);
      await random.pick(faults)(random, (frozen) =>
        frozen ? fleet.freeze(worker) : fleet.thaw(worker),
      );
      return { endedAt: monotonicMs() };
    };
    return Object.assign(stage, {
      probeKeys: Array.from({ length: cells }, (_, cell) => `kept:${cell}`),
    });
  },
};
