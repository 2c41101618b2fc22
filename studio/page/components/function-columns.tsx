import { type FunctionRow } from "../../api";
import { formatDuration } from "../format/durations";
import { formatCount } from "../format/numbers";
import { type Column } from "./data-table";
import { FunctionName } from "./function-name";
import { HitRate } from "./hit-rate";

type FunctionColumn = Column<FunctionRow>;

export const nameColumn: FunctionColumn = {
  title: "Function",
  cell: ({ name, label }, tabIndex) => (
    <FunctionName name={name} label={label} tabIndex={tabIndex} />
  ),
  sortBy: ({ label }) => label,
};

export const hitRateColumn: FunctionColumn = {
  title: "Hit rate",
  cell: ({ figures }) => <HitRate rate={figures.hitRate} />,
  isNumber: true,
  sortBy: ({ figures }) => figures.hitRate,
};

export const callsColumn: FunctionColumn = {
  title: "Calls",
  cell: ({ figures }) => formatCount(figures.calls),
  isNumber: true,
  sortBy: ({ figures }) => figures.calls,
  largestFirst: true,
};

/** The number of loads, how long they take, and how many of them fail. */
export const loadColumns: readonly FunctionColumn[] = [
  {
    title: "Loads",
    cell: ({ figures }) => formatCount(figures.loads),
    isNumber: true,
    isWideOnly: true,
    sortBy: ({ figures }) => figures.loads,
    largestFirst: true,
  },
  {
    title: "Load p99",
    cell: ({ loadLatency }) => formatDuration(loadLatency?.p99 ?? null),
    isNumber: true,
    isWideOnly: true,
    sortBy: ({ loadLatency }) => loadLatency?.p99 ?? null,
    largestFirst: true,
  },
  {
    title: "Errors",
    cell: ({ figures }) => formatCount(figures.errors),
    isNumber: true,
    isWideOnly: true,
    sortBy: ({ figures }) => figures.errors,
    largestFirst: true,
  },
];
