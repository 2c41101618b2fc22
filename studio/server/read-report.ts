import { type MissReason, type ProcessReport } from "../../runtime/studio/report";

/** A longer report is ignored, because zcache's reports are shorter. */
const longestReport = 4_000_000;

const reasons: readonly MissReason[] = [
  "absent",
  "tag",
  "expired",
  "leased",
  "held",
  "unreadable",
  "unreachable",
];

class ShapeError extends Error {}

type Read<T> = (value: unknown) => T;

/** The type of a reader's result: `Made<typeof process>`. */
type Made<R> = R extends Read<infer T> ? T : never;

/**
 * Reads a report from a store, where anybody may have put it. Returns null if it isn't a report.
 * Texts and lists are cut, and numbers are finite, so that a report can't cause unbounded work
 * later.
 */
export function readReport(text: string): ProcessReport | null {
  if (text.length > longestReport) return null;
  try {
    return report(JSON.parse(text));
  } catch {
    return null;
  }
}

const number: Read<number> = (value) => {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new ShapeError();
  return value;
};
const truth: Read<boolean> = (value) => value === true;
const text =
  (longest: number): Read<string> =>
  (value) => {
    if (typeof value !== "string") throw new ShapeError();
    return value.length > longest ? `${value.slice(0, longest)}…` : value;
  };
const list =
  <T>(read: Read<T>, most: number): Read<T[]> =>
  (value) => {
    if (!Array.isArray(value)) throw new ShapeError();
    return value.slice(0, most).map(read);
  };
const orNull =
  <T>(read: Read<T>): Read<T | null> =>
  (value) =>
    value === null || value === undefined ? null : read(value);
const oneOf =
  <T extends string>(...known: readonly T[]): Read<T> =>
  (value) => {
    if (!known.includes(value as T)) throw new ShapeError();
    return value as T;
  };
const record =
  <Fields extends Record<string, Read<unknown>>>(
    fields: Fields,
  ): Read<{ [Name in keyof Fields]: Made<Fields[Name]> }> =>
  (value) => {
    if (typeof value !== "object" || value === null) throw new ShapeError();
    const made: Record<string, unknown> = {};
    for (const [name, read] of Object.entries(fields))
      made[name] = read(
        Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined,
      );
    return made as { [Name in keyof Fields]: Made<Fields[Name]> };
  };

const name = text(1_000);
const key = text(4_000);
const latency = record({
  count: number,
  mean: number,
  p50: number,
  p90: number,
  p99: number,
  max: number,
});
const counts = record({
  hit: number,
  stale: number,
  miss: number,
  share: number,
  load: number,
  error: number,
  store: number,
  drop: number,
  skip: number,
  invalidate: number,
  unusable: number,
  readBytes: number,
  storedBytes: number,
  verified: number,
  diverged: number,
  loadMs: number,
  timedLoads: number,
});
const missReasons: Read<Partial<Record<MissReason, number>>> = (value) => {
  if (typeof value !== "object" || value === null) throw new ShapeError();
  const known = reasons.filter((reason) => Object.hasOwn(value, reason));
  return Object.fromEntries(
    known.map((reason) => [reason, number((value as Record<string, unknown>)[reason])]),
  );
};

const report: Read<ProcessReport> = record({
  format: (value): 1 => {
    if (value !== 1) throw new ShapeError();
    return 1;
  },
  process: record({
    id: text(100),
    pid: number,
    host: text(300),
    title: text(300),
    startedAt: number,
    node: text(50),
    zcache: text(50),
  }),
  at: number,
  paused: truth,
  caches: list(
    record({
      name,
      backend: text(100),
      namespace: orNull(name),
      breaker: oneOf("closed", "open", "half-open"),
      inFlight: number,
      loading: number,
      faults: number,
      late: number,
      memory: orNull(record({ entries: number, bytes: number, maxBytes: number })),
      tier: orNull(record({ state: oneOf("live", "partial", "bypassed"), lagMs: orNull(number) })),
    }),
    50,
  ),
  functions: list(
    record({
      name,
      cache: name,
      counts,
      hits: orNull(latency),
      loads: orNull(latency),
      sizes: orNull(record({ p50: number, p99: number, max: number })),
      hottest: list(record({ key, count: number, error: number }), 50),
      keys: number,
      reloads: record({ same: number, changed: number }),
      hitsByAge: list(number, 20),
      missReasons,
    }),
    2_000,
  ),
  events: list(
    record({
      at: number,
      type: text(50),
      cache: name,
      name: orNull(name),
      keys: list(key, 20),
      text: orNull(text(2_000)),
    }),
    1_000,
  ),
  leftOut: number,
  misses: list(
    record({
      at: number,
      name,
      key,
      reason: oneOf(...reasons),
      tag: orNull(key),
      detail: orNull(text(500)),
    }),
    500,
  ),
  loads: list(
    record({
      id: number,
      name,
      key,
      startedAt: number,
      endedAt: orNull(number),
      outcome: orNull(oneOf("stored", "dropped", "skipped", "failed")),
      background: truth,
      joined: list(number, 500),
    }),
    1_000,
  ),
});
