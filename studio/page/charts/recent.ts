import { type Series } from "../../api";

/** A chart shows at least half a minute, because a few seconds would only be a line at its edge. */
const least = 30;

/**
 * Returns the part of a series that has figures. Soon after the start, earlier seconds have none.
 */
export function recent(series: Series, seconds: number): Series {
  const from = Math.max(0, series.time.length - Math.max(least, Math.ceil(seconds)));
  const { time, hits, stale, misses, loads, shared, errors, savedMs } = series;
  return {
    time: time.slice(from),
    hits: hits.slice(from),
    stale: stale.slice(from),
    misses: misses.slice(from),
    loads: loads.slice(from),
    shared: shared.slice(from),
    errors: errors.slice(from),
    savedMs: savedMs.slice(from),
  };
}
