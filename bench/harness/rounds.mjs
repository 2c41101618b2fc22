/**
 * Lets every contender do the same slice of work, round by round, in an order that rotates: what else the machine does
 * then befalls all of them alike. The yardstick is the first contender in the same round.
 *
 * @param contenders `{ name, slice }`; a slice may be asynchronous
 * @returns by name, the medians over all rounds: time, ratio and its quartiles, CPU ratio
 */
export async function race(contenders, { rounds, warmUp = 8 }) {
  const times = new Map(contenders.map(({ name }) => [name, { wall: [], cpu: [] }]));
  for (let round = -warmUp; round < rounds; round++) {
    for (let i = 0; i < contenders.length; i++) {
      const { name, slice } = contenders[(i + round + warmUp) % contenders.length];
      const cpuStart = process.cpuUsage();
      const start = performance.now();
      await slice();
      const wall = performance.now() - start;
      const { user, system } = process.cpuUsage(cpuStart);
      if (round < 0) continue;
      times.get(name).wall.push(wall);
      times.get(name).cpu.push((user + system) / 1000);
    }
  }
  const yardstick = times.get(contenders[0].name);
  const summary = {};
  for (const [name, { wall, cpu }] of times) {
    const ratios = wall.map((ms, round) => ms / yardstick.wall[round]);
    summary[name] = {
      ms: median(wall),
      ratio: median(ratios),
      quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
      cpuRatio: median(cpu.map((ms, round) => ms / yardstick.cpu[round])),
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
