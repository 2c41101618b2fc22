import { type VNode } from "preact";
import { type Timeline } from "../../api";
import { formatDuration } from "../format/durations";
import { formatCount } from "../format/numbers";
import { formatTime } from "../format/times";
import { type Column, DataTable } from "./data-table";
import { KeyLink } from "./key-link";
import { Text } from "./text";

type Load = Timeline["loads"][number];

const columns: readonly Column<Load>[] = [
  {
    title: "Began",
    cell: ({ startedAt }) => formatTime(startedAt),
    sortBy: ({ startedAt }) => startedAt,
    largestFirst: true,
  },
  { title: "Key", cell: ({ key }, tabIndex) => <KeyLink value={key} tabIndex={tabIndex} /> },
  {
    title: "Took",
    cell: ({ startedAt, endedAt }) =>
      endedAt === null ? "running" : formatDuration(endedAt - startedAt),
    isNumber: true,
    sortBy: ({ startedAt, endedAt }) => (endedAt === null ? null : endedAt - startedAt),
    largestFirst: true,
  },
  {
    title: "Joined",
    cell: ({ joined }) => formatCount(joined.length),
    isNumber: true,
    sortBy: ({ joined }) => joined.length,
    largestFirst: true,
  },
  {
    title: "Came to",
    cell: ({ outcome, background }) =>
      `${outcome ?? "–"}${background ? ", behind a stale hit" : ""}`,
  },
  { title: "Process", cell: ({ process }) => <Text value={process} max={60} />, isWideOnly: true },
];

/** The loads of a time line, newest first. */
export function FlightTable({ timeline: { loads } }: { readonly timeline: Timeline }): VNode {
  return (
    <DataTable
      caption="Loads"
      columns={columns}
      rows={loads}
      keyOf={({ id, process }) => `${process} ${id}`}
      sorting={{ title: "Began", isDown: true }}
      empty="No loads in this time."
    />
  );
}
