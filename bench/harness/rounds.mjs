/**
 * Lets every contender do the same slice of work, round by round, in an order that rotates: what else the machine does
 * then befalls all of them alike. The yardstick is the first contender in the same round.
 *
 * @param contenders `{ name, slice, every }`; a slice may be asynchronous, and is done in `every`th round (1: in all)
 * @returns by name, the medians over all rounds: time, ratio and its quartiles, CPU ratio
 */
export async function race(contenders, { rounds, warmUp = 20 }) {
  const times = new Map(contenders.map(({ name }) => [name, { wall: new Map(), cpu: new Map() }]));
  for (let round = -warmUp; round < rounds; round++) {
    for (let i = 0; i < contenders.length; i++) {
      const { name, slice, every = 1 } = contenders[(i + round + warmUp) % contenders.length];
      if ((round + warmUp) % every !== 0) continue;
      const cpuStart = process.cpuUsage();
      const start = performance.now();
      await slice();
      const wall = performance.now() - start;
      const { user, system } = process.cpuUsage(cpuStart);
      if (round < 0) continue;
      times.get(name).wall.set(round, wall);
      times.get(name).cpu.set(round, (user + system) / 1000);
    }
  }
  const yardstick = times.get(contenders[0].name);
  const summary = {};
  for (const [name, { wall, cpu }] of times) {
    const ratios = Array.from(wall, ([round, ms]) => ms / yardstick.wall.get(round));
    summary[name] = {
      ms: median([...wall.values()]),
      ratio: median(ratios),
      quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
      cpuRatio: median(Array.from(cpu, ([round, ms]) => ms / yardstick.cpu.get(round))),
    };
  }
  return summary;
}

export function median(values) {
  return quantile(values, 0.5);
}

export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
