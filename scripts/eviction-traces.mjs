/**
 * Measures hit ratios of eviction policies, on traces of other programs and on generated ones:
 * `node scripts/eviction-traces.mjs FOLDER`, where FOLDER has unpacked traces of Caffeine's
 * simulator (cache2k's web07 and orm, scarab, corda, lirs). Objects are counted, all have one size,
 * and nothing expires. Without a folder, only generated traces run.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Arc, Lru, optimalHits, S3Fifo, Sieve, WTinyLfu } from "./eviction-policies.mjs";

const policies = {
  LRU: (capacity) => new Lru(capacity),
  SIEVE: (capacity) => new Sieve(capacity),
  "S3-FIFO": (capacity) => new S3Fifo(capacity),
  // A key that was used once in the small queue stays; the paper requires two uses.
  "S3-FIFO, 1": (capacity) => new S3Fifo(capacity, { promoteAt: 1 }),
  ARC: (capacity) => new Arc(capacity),
  "W-TinyLFU": (capacity) => new WTinyLfu(capacity),
};

const ints = (file) => Array.from({ length: file.length >> 2 }, (_, i) => file.readInt32BE(4 * i));
const longs = (file) =>
  Array.from({ length: file.length >> 3 }, (_, i) => file.toString("latin1", 8 * i, 8 * i + 8));
const lines = (file) =>
  file
    .toString()
    .split(/\s+/)
    .filter((line) => /^\d/.test(line));

const files = [
  ["web07.trace", ints, [250, 1500]],
  ["web12.trace", ints, [300, 1000]],
  ["orm-busy.trace", ints, [500, 1250, 5000]],
  ["orm-night.trace", ints, [500, 5000]],
  ["scarab-recs.trace", longs, [10_000, 50_000]],
  ["trace_vaultservice", longs, [1024]],
  ["loop.trace", lines, [500]],
  ["multi3.trace", lines, [500]],
  ["sprite.trace", lines, [500]],
  ["zigzag.trace", lines, [500]],
  ["2_pools.trace", lines, [500]],
];

/** Returns pseudo-random numbers, which are the same in each run. */
function random(seed) {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function zipf(length, count, skew, seed) {
  const next = random(seed);
  const sums = [];
  let sum = 0;
  for (let i = 1; i <= count; i++) sums.push((sum += 1 / i ** skew));
  return Array.from({ length }, () => {
    const wanted = next() * sum;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  });
}

/** The calls of a shop, with a job in between that reads every key once. */
function withScans(keys, every, length) {
  let scanned = 1e9;
  return keys.flatMap((key, i) =>
    i % every === every - 1 ? [key, ...Array.from({ length }, () => scanned++)] : [key],
  );
}

const generated = [
  ["zipf 0.99 of 200,000", () => zipf(1_000_000, 200_000, 0.99, 1), [2_000, 20_000]],
  ["zipf 0.8 of 50,000", () => zipf(500_000, 50_000, 0.8, 2), [1_000]],
  [
    "zipf 0.99, scans of 5,000",
    () => withScans(zipf(500_000, 50_000, 0.99, 3), 50_000, 5_000),
    [1_000],
  ],
  ["loop of 1,500", () => Array.from({ length: 300_000 }, (_, i) => i % 1_500), [1_000]],
];

const [folder] = process.argv.slice(2);
const traces = [
  ...files
    .filter(([name]) => folder && existsSync(join(folder, name)))
    .map(([name, read, capacities]) => [
      name.replace(".trace", ""),
      () => read(readFileSync(join(folder, name))),
      capacities,
    ]),
  ...generated,
];
const names = Object.keys(policies);
console.log(
  `| trace | capacity | ${names.join(" | ")} | optimum |\n| --- | --- | ${names.map(() => "---").join(" | ")} | --- |`,
);
for (const [name, make, capacities] of traces) {
  const keys = make();
  for (const capacity of capacities) {
    const percent = (hits) => ((100 * hits) / keys.length).toFixed(1);
    const cells = names.map((policy) => {
      const cache = policies[policy](capacity);
      let hits = 0;
      for (const key of keys) if (cache.access(key, 1)) hits++;
      return percent(hits);
    });
    console.log(
      `| ${name} | ${capacity} | ${cells.join(" | ")} | ${percent(optimalHits(keys, capacity))} |`,
    );
  }
}
