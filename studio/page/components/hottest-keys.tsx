import { type VNode } from "preact";
import { type HotKey } from "../../api";
import { formatCount, formatRate } from "../format/numbers";
import { type Column, DataTable } from "./data-table";
import { KeyLink } from "./key-link";

/**
 * The keys that are requested most. Their counts come from a sketch, so they are shown with the
 * amount by which they may be too high.
 */
export function HottestKeys({
  keys,
  calls,
}: {
  readonly keys: readonly HotKey[];
  readonly calls: number;
}): VNode {
  const columns: readonly Column<HotKey>[] = [
    { title: "Key", cell: ({ key }, tabIndex) => <KeyLink value={key} tabIndex={tabIndex} /> },
    {
      title: "Calls",
      cell: ({ count, error }) => (
        <>
          {error > 0 && <span class="quiet">{formatCount(count - error)} to </span>}
          {formatCount(count)}
        </>
      ),
      isNumber: true,
    },
    {
      title: "Of all",
      cell: ({ count }) => formatRate(calls === 0 ? null : Math.min(1, count / calls)),
      isNumber: true,
      isWideOnly: true,
    },
  ];
  return (
    <DataTable
      caption="The keys that are requested most"
      columns={columns}
      rows={keys}
      keyOf={({ key }) => key}
      empty="No calls have been seen."
    />
  );
}
