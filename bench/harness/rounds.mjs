/**
 * Lets every contender do the same slice of work, round by round, in an order that rotates:
 * whatever else the machine does then affects all of them alike.
 *
 * @param contenders `{ name, slice, every }`; a slice may be asynchronous, and is done in `every`th
 * round (1: in all)
 * @param warmUp this many rounds are run before, or more, until V8 has had `warmUpMs` to compile
 * and optimise the code
 * @returns by name, for each round in which it took part `{ round, wall, cpu }`, in milliseconds
 */
export async function takeTurns(contenders, { rounds, warmUp = 20, warmUpMs = 6_000 }) {
  const begun = performance.now();
  for (let round = 0; round < warmUp || performance.now() - begun < warmUpMs; round++)
    await takeTurn(contenders, round, () => {});
  const turns = Object.fromEntries(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++)
    await takeTurn(contenders, round, (name, turn) => turns[name].push({ round, ...turn }));
  return turns;
}

async function takeTurn(contenders, round, note) {
  for (let i = 0; i < contenders.length; i++) {
    const { name, slice, every = 1 } = contenders[(i + round) % contenders.length];
    if (round % every !== 0) continue;
    const cpuStart = process.cpuUsage();
    const start = performance.now();
    await slice();
    const wall = performance.now() - start;
    const { user, system } = process.cpuUsage(cpuStart);
    note(name, { wall, cpu: (user + system) / 1000 });
  }
}

/**
 * Compares the contenders. The yardstick is the first contender in the same round of the same
 * process.
 *
 * @param all the results of `takeTurns`, in one process or several
 * @returns by name, the medians over all rounds: time, ratio and its quartiles, CPU ratio
 */
export function compare(all) {
  const [yardstick] = Object.keys(all[0]);
  const bases = all.map((turns) => new Map(turns[yardstick].map((turn) => [turn.round, turn])));
  const summary = {};
  for (const name of Object.keys(all[0])) {
    const pairs = all.flatMap((turns, i) =>
      turns[name].map((turn) => ({ turn, base: bases[i].get(turn.round) })),
    );
    const ratios = pairs.map(({ turn, base }) => turn.wall / base.wall);
    summary[name] = {
      ms: median(pairs.map(({ turn }) => turn.wall)),
      ratio: median(ratios),
      quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
      cpuRatio: median(pairs.map(({ turn, base }) => turn.cpu / base.cpu)),
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
