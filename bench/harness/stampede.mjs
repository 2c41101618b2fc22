import { fork } from "node:child_process";
import { once } from "node:events";
import { loads } from "../build/src/load.js";
import { countTraffic } from "./traffic.mjs";

const callers = 1_000;
const coldKey = 7;

/**
 * Measures 1000 callers of one cold key, with a loader that takes 50 ms: how often it runs, and
 * what is sent and received.
 */
export async function measureStampede(modules, server) {
  const results = {};
  for (const [name, { open }] of Object.entries(modules)) {
    await server.flush();
    const contender = await open({ ...server, prefix: name });
    // A connection that is still being made would be counted.
    await contender.row(1);
    await contender.settle?.();
    loads.count = 0;
    const traffic = await countTraffic(server, async () => {
      await callAll(contender);
      await contender.settle?.();
    });
    results[name] = { loads: loads.count, ...traffic };
    await contender.close();
  }
  return results;
}

/** Measures the same in eight processes at once. */
export async function measureStampedes(modules, server, processes = 8) {
  const results = {};
  for (const name of Object.keys(modules)) {
    await server.flush();
    const children = Array.from({ length: processes }, () =>
      fork(new URL("stampede-child.mjs", import.meta.url), [name, String(server.ports[0])]),
    );
    try {
      await Promise.all(children.map((child) => once(child, "message")));
      const counts = children.map((child) => once(child, "message"));
      const traffic = await countTraffic(server, async () => {
        for (const child of children) child.send("go");
        await Promise.all(counts);
      });
      results[name] = {
        loads: (await Promise.all(counts)).reduce((sum, [count]) => sum + count, 0),
        commands: traffic.commands,
        names: traffic.names,
      };
    } finally {
      for (const child of children) child.kill();
    }
  }
  return results;
}

export async function callAll(contender) {
  await Promise.all(Array.from({ length: callers }, () => contender.slow(coldKey)));
}
