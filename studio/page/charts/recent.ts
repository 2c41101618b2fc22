import { type Series } from "../../api";

/** A chart of a few seconds would be a line at its edge: it shows half a minute at least. */
const least = 30;

/** The part of a series that was seen: soon after the start, what is before has no figures. */
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
