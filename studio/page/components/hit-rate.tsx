import { type VNode } from "preact";
import { formatRate } from "../format/numbers";

/**
 * A hit rate as a number, with a bar behind it so that it can be compared with others at a glance.
 */
export function HitRate({ rate }: { readonly rate: number | null }): VNode {
  return (
    <span class="hit-rate">
      <meter class="bar" min={0} max={1} value={rate ?? 0} aria-hidden="true" />
      <span class="number">{formatRate(rate)}</span>
    </span>
  );
}
