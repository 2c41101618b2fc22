/**
 * The rows of the table. A contender's `method` is called with what `args` makes of a counter that
 * only grows.
 * `count` calls are a slice of a round, `inFlight` of them at once. The goals are for time, and
 * `cpuGoal` for CPU time, against the hand-written code in the same round. Where `client` says
 * node-redis, the hand-written code uses it too. The peers have ioredis and don't take part.
 */
const warmKeys = 1_024;
const fresh = (n) => 1_000_000 + n;
const range = (from, length, id) => Array.from({ length }, (_, i) => id(from + i));
const cached = (n) => n % warmKeys;

export const works = [
  {
    name: "hit",
    title: "hit, one at a time",
    goal: 1.03,
    cpuGoal: 1.06,
    method: "row",
    args: (n) => [cached(n)],
    count: 150,
    inFlight: 1,
  },
  {
    name: "hit-256",
    title: "hit, 256 in flight",
    goal: 0.35,
    method: "row",
    args: (n) => [cached(n)],
    count: 1024,
    inFlight: 256,
  },
  {
    name: "hit-256-node-redis",
    title: "hit, 256 in flight, node-redis",
    goal: 0.5,
    method: "row",
    args: (n) => [cached(n)],
    count: 1024,
    inFlight: 256,
    client: "node-redis",
  },
  {
    name: "tagged",
    title: "hit with 2 tags",
    goal: 1.05,
    method: "tagged",
    args: (n) => [cached(n), cached(n) % 7],
    count: 150,
    inFlight: 1,
  },
  {
    name: "tagged-256",
    title: "hit with 2 tags, 256 in flight",
    goal: 0.42,
    method: "tagged",
    args: (n) => [cached(n), cached(n) % 7],
    count: 1024,
    inFlight: 256,
  },
  {
    name: "batch",
    title: "batch of 100, all hit",
    goal: 1.03,
    method: "rows",
    args: (n) => [range(n * 100, 100, cached)],
    count: 10,
    inFlight: 1,
  },
  {
    name: "batch-half",
    title: "batch of 100, half missing",
    goal: 1,
    method: "rows",
    args: (n) => [range(n * 50, 50, cached).flatMap((id, i) => [id, fresh(n * 50 + i)])],
    count: 10,
    inFlight: 1,
    loads: 10,
  },
  {
    name: "batch-missing",
    title: "batch of 100, all missing",
    goal: 1.05,
    method: "rows",
    args: (n) => [range(n * 100, 100, fresh)],
    count: 10,
    inFlight: 1,
    loads: 10,
  },
  {
    name: "memory",
    title: "memory hit",
    goal: 1.3,
    method: "memory",
    args: (n) => [cached(n)],
    count: 20_000,
    inFlight: 1,
  },
  {
    name: "tier",
    title: "memory tier hit",
    goal: 1.3,
    method: "tier",
    args: (n) => [cached(n)],
    count: 20_000,
    inFlight: 1,
  },
  {
    name: "tier-pair",
    title: "memory tier hit, two arguments",
    goal: 1.4,
    method: "pairTier",
    args: (n) => [cached(n), cached(n) % 7],
    count: 20_000,
    inFlight: 1,
  },
  {
    name: "memory-shared",
    title: "memory hit, shared",
    goal: 0.8,
    method: "shared",
    args: (n) => [cached(n)],
    count: 20_000,
    inFlight: 1,
  },
  {
    name: "tier-shared",
    title: "memory tier hit, shared",
    goal: 0.8,
    method: "sharedTier",
    args: (n) => [cached(n)],
    count: 20_000,
    inFlight: 1,
  },
  {
    name: "miss",
    title: "miss",
    goal: 1.3,
    cpuGoal: 1.3,
    method: "row",
    args: (n) => [fresh(n)],
    count: 100,
    inFlight: 1,
    loads: 100,
  },
  {
    name: "cluster-256",
    title: "cluster of three, hit, 256 in flight",
    goal: 0.45,
    method: "row",
    args: (n) => [cached(n)],
    count: 1024,
    inFlight: 256,
    cluster: true,
  },
];

/** Returns whether the method reads through a tier, which has a connection of its own. */
export const hasTier = (method) => /tier$/i.test(method ?? "");

/** Fills the caches before a row is measured. */
export async function warm(contender, { method, args, loads }) {
  const calls = method === "rows" ? 11 : warmKeys;
  for (let n = 0; n < calls; n++)
    await contender[method](
      ...(method === "rows" ? [range(n * 100, 100, cached)] : loads ? [cached(n)] : args(n)),
    );
  await contender.settle?.();
  // A tier keeps what it has read, and not what was written.
  if (hasTier(method)) for (let n = 0; n < calls; n++) await contender[method](...args(n));
}
