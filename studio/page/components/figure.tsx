import { type ComponentChildren, type VNode } from "preact";

interface FigureProps {
  readonly label: string;
  readonly value: string;
  /** What the number means, or what it consists of. */
  readonly note?: ComponentChildren;
  readonly isBad?: boolean;
}

/** One number with its name. */
export function Figure({ label, value, note, isBad = false }: FigureProps): VNode {
  return (
    <div class={isBad ? "figure bad" : "figure"}>
      <dt>{label}</dt>
      <dd>
        <span class="number">{value}</span>
        {note !== undefined && <span class="note">{note}</span>}
      </dd>
    </div>
  );
}
