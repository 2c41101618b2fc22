import { type VNode } from "preact";
import { type MissReason } from "../../api";
import { formatCount, formatRate } from "../format/numbers";
import { wordsOfReason } from "../format/words";
import { Text } from "./text";

/** Misses by reason, the most frequent first, each with what it means. */
export function ReasonBars({
  reasons,
}: {
  readonly reasons: Readonly<Partial<Record<MissReason, number>>>;
}): VNode {
  const counted = Object.entries(reasons)
    .map(([reason, count]) => ({ reason: reason as MissReason, count }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
  const all = counted.reduce((sum, { count }) => sum + count, 0);
  if (all === 0) return <p class="quiet">No misses with a known reason yet.</p>;
  return (
    <table class="reasons">
      <caption class="visually-hidden">Misses by why</caption>
      <thead class="visually-hidden">
        <tr>
          <th scope="col">Why</th>
          <th scope="col">Part</th>
          <th scope="col">Misses</th>
        </tr>
      </thead>
      <tbody>
        {counted.map(({ reason, count }) => (
          <tr key={reason}>
            <th scope="row">
              <Text value={wordsOfReason(reason).label} max={60} />
              <div class="quiet">{wordsOfReason(reason).sentence}</div>
            </th>
            <td>
              <span class="hit-rate">
                <meter class="bar misses" min={0} max={all} value={count} aria-hidden="true" />
                {formatRate(count / all)}
              </span>
            </td>
            <td class="numeric">{formatCount(count)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
