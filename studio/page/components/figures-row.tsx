import { type VNode } from "preact";
import { type Figures } from "../../api";
import { formatBytes } from "../format/bytes";
import { formatDuration } from "../format/durations";
import { countOf, formatCount, formatPerSecond, formatRate } from "../format/numbers";
import { Figure } from "./figure";

/** The sums over a window, each with its unit and its rate. */
export function FiguresRow({
  figures,
  seconds,
}: {
  readonly figures: Figures;
  readonly seconds: number;
}): VNode {
  const {
    calls,
    hits,
    stale,
    misses,
    loads,
    shared,
    errors,
    readBytes,
    storedBytes,
    hitRate,
    savedMs,
  } = figures;
  return (
    <dl class="figures">
      <Figure label="Calls" value={formatCount(calls)} note={formatPerSecond(calls, seconds)} />
      <Figure
        label="Hit rate"
        value={formatRate(hitRate)}
        note={calls === 0 ? "no calls" : countOf(misses, "miss", "misses")}
        isBad={hitRate !== null && hitRate < 0.5}
      />
      <Figure label="Hits" value={formatCount(hits)} note={formatPerSecond(hits, seconds)} />
      <Figure label="Loads" value={formatCount(loads)} note={formatPerSecond(loads, seconds)} />
      <Figure label="Stale" value={formatCount(stale)} note="served while reloaded" />
      <Figure label="Shared" value={formatCount(shared)} note="got another's load" />
      <Figure
        label="Errors"
        value={formatCount(errors)}
        note="loads that failed"
        isBad={errors > 0}
      />
      <Figure label="Time saved" value={formatDuration(savedMs)} note="hits × a load's time" />
      <Figure
        label="Read"
        value={formatBytes(readBytes)}
        note={`${formatBytes(readBytes / Math.max(1, seconds))}/s`}
      />
      <Figure
        label="Stored"
        value={formatBytes(storedBytes)}
        note={`${formatBytes(storedBytes / Math.max(1, seconds))}/s`}
      />
    </dl>
  );
}
