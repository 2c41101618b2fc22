import { type VNode } from "preact";
import { type FunctionDetail } from "../../api";
import { formatDuration } from "../format/durations";
import { formatCount } from "../format/numbers";
import { type Column, DataTable } from "./data-table";
import { HitRate } from "./hit-rate";
import { Text } from "./text";

type Row = FunctionDetail["byProcess"][number];

const columns: readonly Column<Row>[] = [
  { title: "Process", cell: ({ process }) => <Text value={process} max={80} /> },
  { title: "Calls", cell: ({ figures }) => formatCount(figures.calls), isNumber: true },
  { title: "Hit rate", cell: ({ figures }) => <HitRate rate={figures.hitRate} />, isNumber: true },
  { title: "Loads", cell: ({ figures }) => formatCount(figures.loads), isNumber: true },
  {
    title: "Time saved",
    cell: ({ figures }) => formatDuration(figures.savedMs),
    isNumber: true,
    isWideOnly: true,
  },
];

/** One function's figures in each process. */
export function ProcessFigures({ rows }: { readonly rows: readonly Row[] }): VNode {
  return (
    <DataTable
      caption="Figures by process"
      columns={columns}
      rows={rows}
      keyOf={({ process }) => process}
      empty="No process has called it."
    />
  );
}
