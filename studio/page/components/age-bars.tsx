import { type VNode } from "preact";
import { type FunctionDetail } from "../../api";
import { formatDuration } from "../format/durations";
import { formatCount } from "../format/numbers";

/**
 * Hits by the age of the entry. Many late hits mean that a longer ttl would save more; no late hits
 * mean that a shorter ttl would cost nothing.
 */
export function AgeBars({ byAge }: { readonly byAge: FunctionDetail["byAge"] }): VNode {
  const most = Math.max(1, ...byAge.map(({ hits }) => hits));
  if (byAge.length === 0) return <p class="quiet">The ages of its entries aren't known.</p>;
  return (
    <table>
      <caption class="visually-hidden">Hits by the age of the entry</caption>
      <thead>
        <tr>
          <th scope="col">Age</th>
          <th scope="col" class="numeric">
            Hits
          </th>
          <td />
        </tr>
      </thead>
      <tbody>
        {byAge.map(({ belowMs, hits }) => (
          <tr key={belowMs}>
            <th scope="row">{belowMs === null ? "older" : `below ${formatDuration(belowMs)}`}</th>
            <td class="numeric">{formatCount(hits)}</td>
            <td>
              <meter class="bar wide" min={0} max={most} value={hits} aria-hidden="true" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
