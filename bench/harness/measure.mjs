import { loads } from "../build/src/load.js";
import { warm } from "../works.mjs";
import { contendersFor, noise, own, yardstick } from "./contenders.mjs";
import { quantile, takeTurns } from "./rounds.mjs";
import { countTraffic } from "./traffic.mjs";

/**
 * Rows with goals are measured more often: medians of 30 rounds differ by several hundredths from
 * run to run.
 */
const everyForPeers = 5;

/**
 * Measures one row of the table, for every contender that can do this work.
 * @returns its turns and, by name, what was measured apart from them
 */
export async function measureWork(work, modules, server, { rounds }) {
  await server.flush();
  const connect = work.client === "node-redis" ? server.connectNodeRedis : server.connect;
  const runners = [];
  for (const [name, { open }] of Object.entries(await contendersFor(work, modules))) {
    const contender = await open({ ...server, connect, prefix: name, method: work.method });
    if (contender[work.method])
      runners.push(await createRunner(name, contender, work, runners.length * 100_000_000));
    else await contender.close();
  }
  const turns = await takeTurns(runners, { rounds });
  const details = {};
  for (const runner of runners) {
    const latency = await measureLatency(runner, work);
    details[runner.name] = { ...latency, ...(await measureTraffic(runner, work, server)) };
  }
  for (const { contender } of runners) await contender.close();
  return { turns, details };
}

/**
 * @param first the first value of the counter: no contender may find what another one has stored
 */
async function createRunner(name, contender, work, first) {
  await warm(contender, work);
  let n = first;
  const call = () => contender[work.method](...work.args(n++));
  const slice = async () => {
    for (let done = 0; done < work.count; done += work.inFlight) {
      if (work.inFlight === 1) await call();
      else await Promise.all(Array.from({ length: work.inFlight }, call));
    }
    // Writes that nobody waits for are part of the work.
    await contender.settle?.();
  };
  await check(name, contender, work, slice);
  return {
    name,
    contender,
    call,
    slice,
    every: [yardstick, noise, own].includes(name) ? 1 : everyForPeers,
  };
}

/**
 * Checks that a hit doesn't load, and that a row is that of its id. Otherwise the contenders don't
 * do the same work.
 */
async function check(name, contender, work, slice) {
  const before = loads.count;
  await slice();
  const wanted = work.loads ?? 0;
  if (loads.count - before !== wanted)
    process.stdout.write(
      `${name}: ${loads.count - before} loads instead of ${wanted} in "${work.title}"\n`,
    );
  const args = work.args(0);
  const result = await contender[work.method](...args);
  const ids = [result]
    .flat()
    .map((row) => row.id)
    .sort((a, b) => a - b);
  const expected = [args[0]].flat().sort((a, b) => a - b);
  if (String(ids) !== String(expected))
    throw new Error(`${name} returns wrong rows for "${work.title}".`);
}

async function measureLatency({ call, contender }, work) {
  const micros = [];
  const timed = async () => {
    const start = performance.now();
    await call();
    micros.push((performance.now() - start) * 1000);
  };
  const calls = Math.min(work.inFlight === 1 ? work.count * 4 : work.count * 2, 2_000);
  for (let done = 0; done < calls; done += work.inFlight)
    await Promise.all(Array.from({ length: work.inFlight }, timed));
  await contender.settle?.();
  return { p50: quantile(micros, 0.5), p99: quantile(micros, 0.99) };
}

async function measureTraffic({ slice }, work, server) {
  const { commands, names, writes, bytes } = await countTraffic(server, slice);
  return {
    commands: commands / work.count,
    trips: writes / work.count,
    bytes: bytes / work.count,
    names,
  };
}
