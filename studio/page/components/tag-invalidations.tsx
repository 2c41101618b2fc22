import { type VNode } from "preact";
import { type TagInvalidation } from "../../api";
import { formatCount } from "../format/numbers";
import { formatAgo, formatTime } from "../format/times";
import { overview } from "../stores/live";
import { type Column, DataTable } from "./data-table";
import { Text } from "./text";

/** Which process has invalidated which tag, and how many misses have named the tag since. */
export function TagInvalidations({
  recent,
}: {
  readonly recent: readonly TagInvalidation[];
}): VNode {
  const now = overview.value?.at ?? Date.now();
  const columns: readonly Column<TagInvalidation>[] = [
    {
      title: "Time",
      cell: ({ at }) => (
        <>
          {formatTime(at)} <span class="quiet">{formatAgo(at, now)}</span>
        </>
      ),
    },
    {
      title: "Tag",
      cell: ({ tag }) => (
        <span class="code">
          <Text value={tag} max={120} />
        </span>
      ),
    },
    { title: "By", cell: ({ process }) => <Text value={process} max={80} /> },
    { title: "Entries it ended", cell: ({ ended }) => formatCount(ended), isNumber: true },
  ];
  return (
    <>
      <DataTable
        caption="Last invalidations of tags"
        columns={columns}
        rows={recent}
        keyOf={({ at, tag, process }) => `${at} ${tag} ${process}`}
        empty="No tag has been invalidated since Studio started."
      />
      {recent.length > 0 && (
        <p class="quiet">As seen from here: misses that named the tag since.</p>
      )}
    </>
  );
}
