import {
  type CacheReport,
  type EventRow,
  type Figures,
  type FunctionDetail,
  type FunctionRow,
  type KeyDetail,
  type MissRow,
  type Overview,
  type ProcessRow,
  type Series,
  type Session,
  type TagGraph,
  type Timeline,
  type Tree,
} from "../../../../studio/api";
import { type Answers } from "./fake-server";

/** It is the moment at which all fixtures are made. */
export const now = Date.parse("2026-11-28T03:00:00Z");

export const session: Session = {
  api: 1,
  token: "token-1",
  mayWrite: true,
  whyNot: null,
  source: "redis at localhost:6379",
  mayRefresh: true,
  editor: "vscode://file/{file}:{line}",
  project: "/srv/shop",
  zcache: "0.1.0",
};

export function figures(hits: number, misses: number, more: Partial<Figures> = {}): Figures {
  const calls = hits + misses;
  return {
    calls,
    hits,
    stale: 0,
    misses,
    loads: misses,
    shared: 0,
    errors: 0,
    readBytes: hits * 400,
    storedBytes: misses * 400,
    hitRate: calls === 0 ? null : hits / calls,
    savedMs: hits * 12,
    ...more,
  };
}

export function series(seconds = 120): Series {
  const each = (of: (i: number) => number): number[] =>
    Array.from({ length: seconds }, (_, i) => of(i));
  return {
    time: each((i) => now / 1000 - seconds + i),
    hits: each((i) => 90 + Math.round(40 * Math.sin(i / 9))),
    stale: each((i) => (i % 30 === 0 ? 6 : 0)),
    misses: each((i) => (i % 40 < 4 ? 60 : 8)),
    loads: each((i) => (i % 40 < 4 ? 30 : 8)),
    shared: each((i) => (i % 40 < 4 ? 30 : 0)),
    errors: each((i) => (i % 50 === 49 ? 2 : 0)),
    savedMs: each((i) => 900 + 200 * Math.sin(i / 9)),
  };
}

export const latency = { count: 100, mean: 12, p50: 11, p90: 20, p99: 48, max: 90 };

export function functionRow(
  name: string,
  hits: number,
  misses: number,
  more: Partial<FunctionRow> = {},
): FunctionRow {
  return {
    name,
    label: name.split(".").slice(2).join("."),
    figures: figures(hits, misses),
    hitLatency: { ...latency, mean: 0.3, p50: 0.2, p90: 0.5, p99: 1.4, max: 3 },
    loadLatency: latency,
    place: { file: `src/${name.split(".")[1]}.ts`, line: 12 },
    advice: null,
    ...more,
  };
}

export const neverHit = functionRow("shop.search.Search.find", 0, 1204, {
  advice: {
    grade: "problem",
    text: "Never hit: each call has another requestId.",
    basis: "0 hits in 1,204 calls over 5 minutes, 1,204 different keys",
  },
});

export const functions: readonly FunctionRow[] = [
  functionRow("shop.catalog.Catalog.book", 9120, 310),
  neverHit,
  functionRow("shop.stats.countBooks", 640, 4),
  functionRow("shop.catalog.Catalog.summaries", 300, 500, {
    advice: {
      grade: "hint",
      text: "ttl 10s, but the result changed once in 4 hours of loads.",
      basis: "500 loads",
    },
  }),
];

const cache: CacheReport = {
  name: "default",
  backend: "tiered",
  namespace: null,
  breaker: "closed",
  inFlight: 2,
  loading: 1,
  faults: 3,
  late: 1,
  memory: { entries: 5120, bytes: 12_400_000, maxBytes: 50_000_000 },
  tier: { state: "live", lagMs: 3 },
};

export function processRow(id: string, more: Partial<ProcessRow> = {}): ProcessRow {
  return {
    process: {
      id,
      pid: 4000 + id.length,
      host: "shop-1",
      title: `main.js ${id}`,
      startedAt: now - 3_600_000,
      node: "v20.19.0",
      zcache: "0.1.0",
    },
    seenAt: now,
    isGone: false,
    paused: false,
    figures: figures(5000, 900),
    caches: [cache],
    ...more,
  };
}

export function overview(more: Partial<Overview> = {}): Overview {
  return {
    at: now,
    seconds: 120,
    total: figures(10_060, 2018, { stale: 24, shared: 120, errors: 4 }),
    series: series(),
    processes: [
      processRow("a"),
      processRow("bb", {
        caches: [{ ...cache, breaker: "open", tier: { state: "bypassed", lagMs: null } }],
      }),
    ],
    functions,
    functionCount: functions.length,
    storeTrouble: null,
    ...more,
  };
}

export function functionDetail(
  row: FunctionRow,
  more: Partial<FunctionDetail> = {},
): FunctionDetail {
  return {
    ...row,
    directive: {
      key: `${row.name}:{query}:{requestId}`,
      parameters: ["query", "requestId"],
      namespace: null,
      tags: ["search", "query:{query}"],
      ttl: "10s",
      codec: "json",
      cache: null,
      batch: false,
      version: null,
      fingerprint: "3f9ac1d2",
      returns: "Hit[]",
      invalidatedIn: ["src/index.ts reindex"],
    },
    series: series(),
    sizes: { p50: 380, p99: 4100, max: 12_000 },
    hottest: Array.from({ length: 12 }, (_, i) => ({
      key: `${row.name}|${i}`,
      count: 400 - i * 30,
      error: i,
    })),
    keys: 1204,
    reloads: { same: 240, changed: 1 },
    missReasons: { absent: 1100, tag: 60, expired: 40, leased: 4 },
    byAge: [1, 5, null].map((seconds, i) => ({
      belowMs: seconds && seconds * 1000,
      hits: 300 - i * 90,
    })),
    advices: row.advice ? [row.advice] : [],
    byProcess: [{ process: "main.js a", figures: row.figures }],
    redacted: false,
    ...more,
  };
}

export const misses: readonly MissRow[] = [
  {
    at: now - 900,
    name: neverHit.name,
    key: `${neverHit.name}|1`,
    reason: "absent",
    tag: null,
    detail: null,
    process: "main.js a",
  },
  {
    at: now - 400,
    name: neverHit.name,
    key: `${neverHit.name}|2`,
    reason: "tag",
    tag: "search",
    detail: "invalidated 2.1 s before",
    process: "main.js a",
  },
];

export const leaf = (kind: string, text: string, cut = false): Tree => ({
  kind,
  text,
  size: null,
  children: [],
  cut,
});

export function keyDetail(key: string, more: Partial<KeyDetail> = {}): KeyDetail {
  return {
    key,
    cache: "default",
    owner: { name: neverHit.name, values: [{ name: "query", text: "tolstoy" }] },
    state: "fresh",
    explanation: "It is stored and fresh for 8 s more.",
    bytes: 460,
    payloadBytes: 420,
    codec: "json",
    ttlMs: 8000,
    ageMs: 2000,
    freshUntil: now + 8000,
    loadMs: 31,
    lease: null,
    tags: [
      {
        tag: "search",
        version: "v7",
        isCurrent: true,
        detail: "not invalidated since it was stored",
      },
    ],
    value: {
      kind: "object",
      text: null,
      size: 2,
      cut: false,
      children: [
        { name: "title", value: leaf("string", "War and Peace") },
        {
          name: "pages",
          value: {
            kind: "array",
            text: null,
            size: 2,
            cut: false,
            children: [
              { name: "0", value: leaf("number", "1") },
              { name: "1", value: leaf("number", "1225") },
            ],
          },
        },
      ],
    },
    valueHidden: null,
    lastMisses: misses,
    ...more,
  };
}

export const tags: TagGraph = {
  tags: [
    {
      tag: "book:{id}",
      functions: [functions[0]?.name ?? ""],
      invalidatedIn: ["src/catalog.ts updatePrice"],
      invalidations: 12,
      lastAt: now - 5000,
    },
    {
      tag: "search",
      functions: [neverHit.name],
      invalidatedIn: [],
      invalidations: 0,
      lastAt: null,
    },
  ],
  recent: [{ at: now - 5000, tag: "book:42", process: "main.js a", ended: 3 }],
};

export function eventRow(number: number, more: Partial<EventRow> = {}): EventRow {
  return {
    number,
    at: now + number * 10,
    type: number % 3 === 0 ? "miss" : "hit",
    cache: "default",
    name: functions[0]?.name ?? "",
    keys: [`${functions[0]?.name}|${number}`],
    text: null,
    process: "main.js a",
    ...more,
  };
}

export const timeline: Timeline = {
  name: neverHit.name,
  from: now - 60_000,
  to: now,
  loads: [
    {
      id: 1,
      name: neverHit.name,
      key: `${neverHit.name}|1`,
      startedAt: now - 50_000,
      endedAt: now - 30_000,
      outcome: "stored",
      background: false,
      joined: [now - 48_000, now - 45_000, now - 44_500],
      process: "main.js a",
    },
    {
      id: 2,
      name: neverHit.name,
      key: `${neverHit.name}|2`,
      startedAt: now - 20_000,
      endedAt: null,
      outcome: null,
      background: true,
      joined: [],
      process: "main.js bb",
    },
  ],
  marks: [
    { at: now - 40_000, type: "wait", key: `${neverHit.name}|1`, process: "main.js bb" },
    { at: now - 19_000, type: "stale", key: `${neverHit.name}|2`, process: "main.js bb" },
  ],
};

/** It has what a server answers that has all of the above. */
export function answers(): Answers {
  return {
    session: () => session,
    overview: () => overview(),
    functions: () => functions,
    function: (query) =>
      functionDetail(functions.find(({ name }) => name === query.get("name")) ?? neverHit),
    key: (query) => keyDetail(query.get("key") ?? ""),
    keys: (query) => ({
      name: query.get("name"),
      keys: [`${query.get("name")}|${query.get("arguments")}`],
    }),
    tags: () => tags,
    events: () => ({
      events: Array.from({ length: 40 }, (_, i) => eventRow(i + 1)),
      last: 40,
      leftOut: 0,
    }),
    misses: () => misses,
    timeline: () => timeline,
  };
}
