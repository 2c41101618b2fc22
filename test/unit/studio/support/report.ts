import {
  type FunctionCounts,
  type FunctionReport,
  type ProcessReport,
} from "../../../../runtime/studio/report";

const noCounts: FunctionCounts = {
  hit: 0,
  stale: 0,
  miss: 0,
  share: 0,
  load: 0,
  error: 0,
  store: 0,
  drop: 0,
  skip: 0,
  invalidate: 0,
  unusable: 0,
  readBytes: 0,
  storedBytes: 0,
  verified: 0,
  diverged: 0,
  loadMs: 0,
  timedLoads: 0,
};

/** Returns the report of a function that has counted only this. */
export function functionReport(
  name: string,
  counts: Partial<FunctionCounts> = {},
  more: Partial<FunctionReport> = {},
): FunctionReport {
  return {
    name,
    cache: "default",
    counts: { ...noCounts, ...counts },
    hits: null,
    loads: null,
    sizes: null,
    hottest: [],
    keys: 0,
    reloads: { same: 0, changed: 0 },
    hitsByAge: [],
    missReasons: {},
    ...more,
  };
}

/** Returns the report of a process that was made at this time. */
export function processReport(
  id: string,
  at: number,
  functions: readonly FunctionReport[] = [],
  more: Partial<ProcessReport> = {},
): ProcessReport {
  return {
    format: 1,
    process: { id, pid: 1, host: "here", title: id, startedAt: 0, node: "v20", zcache: "0" },
    at,
    paused: false,
    caches: [],
    functions,
    events: [],
    leftOut: 0,
    misses: [],
    loads: [],
    ...more,
  };
}
