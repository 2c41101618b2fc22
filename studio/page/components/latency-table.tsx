import { type VNode } from "preact";
import { type Latency } from "../../api";
import { formatDuration } from "../format/durations";
import { formatCount } from "../format/numbers";

interface LatencyTableProps {
  readonly hits: Latency | null;
  readonly loads: Latency | null;
}

/** How long hits and loads take. */
export function LatencyTable({ hits, loads }: LatencyTableProps): VNode {
  return (
    <div class="table" role="region" aria-label="How long hits and loads take" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <td />
            {["p50", "p90", "p99", "mean", "most", "timed"].map((title) => (
              <th scope="col" class="numeric">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Row name="Hits" latency={hits} />
          <Row name="Loads" latency={loads} />
        </tbody>
      </table>
    </div>
  );
}

function Row({
  name,
  latency,
}: {
  readonly name: string;
  readonly latency: Latency | null;
}): VNode {
  const times = latency && [latency.p50, latency.p90, latency.p99, latency.mean, latency.max];
  return (
    <tr>
      <th scope="row">{name}</th>
      {(times ?? [null, null, null, null, null]).map((ms) => (
        <td class="numeric">{formatDuration(ms)}</td>
      ))}
      <td class="numeric">{latency === null ? "–" : formatCount(latency.count)}</td>
    </tr>
  );
}
