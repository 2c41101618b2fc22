import { type VNode } from "preact";
import { type FunctionRow } from "../../api";
import { type Column, DataTable } from "../components/data-table";
import {
  callsColumn,
  hitRateColumn,
  loadColumns,
  nameColumn,
} from "../components/function-columns";
import { Loading } from "../components/loading";
import { MostCalled } from "../components/most-called";
import { PageTitle } from "../components/page-title";
import { Text } from "../components/text";
import { WindowChoice } from "../components/window-choice";
import { formatBytes } from "../format/bytes";
import { formatDuration } from "../format/durations";
import { windowSeconds } from "../stores/live";
import { useResource } from "../stores/resource";

/** All functions, the most expensive first. */
export function FunctionsPage(): VNode {
  const functions = useResource<readonly FunctionRow[]>(
    "functions",
    { seconds: windowSeconds.value },
    { everyMs: 2000 },
  );
  return (
    <>
      <PageTitle title="Functions">
        <WindowChoice />
      </PageTitle>
      <p class="quiet">
        What a function costs is the time of its loads; what it saves is its hits × the mean time of
        a load.
      </p>
      <Loading resource={functions}>
        {(rows) => (
          <>
            <DataTable
              caption="Functions by what they save or cost"
              columns={columns}
              rows={rows}
              keyOf={({ name }) => name}
              sorting={{ title: "Costs", isDown: true }}
              empty="No function is known: nothing has been called, and there is no lock file."
              searchBy={({ name }) => name}
            />
            <MostCalled shown={rows.length} />
          </>
        )}
      </Loading>
    </>
  );
}

const columns: readonly Column<FunctionRow>[] = [
  nameColumn,
  hitRateColumn,
  {
    title: "Costs",
    cell: (row) => formatDuration(costOf(row)),
    isNumber: true,
    sortBy: costOf,
    largestFirst: true,
  },
  {
    title: "Saves",
    cell: ({ figures }) => formatDuration(figures.savedMs),
    isNumber: true,
    sortBy: ({ figures }) => figures.savedMs,
    largestFirst: true,
  },
  callsColumn,
  ...loadColumns,
  {
    title: "Stored",
    cell: ({ figures }) => formatBytes(figures.storedBytes),
    isNumber: true,
    isWideOnly: true,
    sortBy: ({ figures }) => figures.storedBytes,
    largestFirst: true,
  },
  { title: "Advice", cell: ({ advice }) => advice && <Text value={advice.text} max={120} /> },
];

/** The time that its loads took. A function without a timed load has no known cost. */
function costOf({ figures, loadLatency }: FunctionRow): number | null {
  if (figures.loads === 0) return 0;
  return loadLatency === null ? null : figures.loads * loadLatency.mean;
}
