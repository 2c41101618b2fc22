import { type VNode } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { type EventRow } from "../../api";
import { CopyButton } from "../components/copy-button";
import { type Column, DataTable } from "../components/data-table";
import { EventFilters, type Filters } from "../components/event-filters";
import { KeyLink } from "../components/key-link";
import { PageTitle } from "../components/page-title";
import { Text } from "../components/text";
import { Trouble } from "../components/trouble";
import { countOf, formatCount } from "../format/numbers";
import { formatTime } from "../format/times";
import {
  clearEvents,
  events,
  eventsLeftOut,
  eventsPaused,
  loadEvents,
  pauseEvents,
  resumeEvents,
  waiting,
} from "../stores/events";
import { route } from "../stores/route";

/** The events, newest first. */
export function EventsPage(): VNode {
  const name = route.value.query.get("name") ?? "";
  const [filters, setFilters] = useState<Filters>({
    type: route.value.query.get("type") ?? "",
    name,
    text: "",
  });
  const [error, setError] = useState<string | null>(null);
  const rows = useMemo(() => filter(events.value, filters).reverse(), [events.value, filters]);

  useEffect(() => {
    setError(null);
    loadEvents({ type: filters.type, name: filters.name }).catch((error: unknown) => {
      setError(error instanceof Error ? error.message : String(error));
    });
  }, [filters.type, filters.name]);

  return (
    <>
      <PageTitle title="Events" />
      <EventFilters filters={filters} onChange={setFilters} known={events.value} />
      <div class="actions">
        {eventsPaused.value ? (
          <button type="button" onClick={resumeEvents}>
            Go on{waiting.value.length > 0 && ` (${formatCount(waiting.value.length)} new)`}
          </button>
        ) : (
          <button type="button" onClick={pauseEvents}>
            Pause
          </button>
        )}
        <CopyButton
          label="Copy as JSON"
          what={countOf(rows.length, "event was", "events were")}
          textOf={() => JSON.stringify(rows.toReversed(), null, 2)}
        />
        <button type="button" onClick={clearEvents}>
          Clear
        </button>
        <span class="quiet">
          {formatCount(rows.length)} of {countOf(events.value.length, "event")}
          {eventsLeftOut.value > 0 &&
            `; ${formatCount(eventsLeftOut.value)} were too many to be kept`}
        </span>
      </div>
      {error !== null && (
        <Trouble>
          What happened before could not be asked for: <Text value={error} max={300} />
        </Trouble>
      )}
      <DataTable
        caption="Events, newest first"
        columns={columns}
        rows={rows}
        keyOf={({ number, at, process }) => `${number} ${at} ${process}`}
        empty={
          events.value.length === 0 ? "Nothing has happened yet." : "No event matches the filter."
        }
      />
    </>
  );
}

const columns: readonly Column<EventRow>[] = [
  { title: "Time", cell: ({ at }) => formatTime(at) },
  { title: "Type", cell: ({ type }) => <Type type={type} /> },
  {
    title: "Function",
    cell: ({ name }) =>
      name === null ? (
        "–"
      ) : (
        <Text value={name.slice(name.lastIndexOf(".", name.lastIndexOf(".") - 1) + 1)} max={80} />
      ),
  },
  { title: "Key or tag", cell: (row, tabIndex) => <Keys row={row} tabIndex={tabIndex} /> },
  { title: "Says", cell: ({ text }) => text !== null && <Text value={text} max={160} /> },
  { title: "Process", cell: ({ process }) => <Text value={process} max={60} />, isWideOnly: true },
];

const troubles: ReadonlySet<string> = new Set([
  "error",
  "fault",
  "unusable",
  "diverged",
  "breaker",
  "transaction",
]);

function Type({ type }: { readonly type: string }): VNode {
  return (
    <span class={troubles.has(type) ? "bad" : ""}>
      <Text value={type} max={40} />
    </span>
  );
}

function Keys({
  row: { name, keys, cache },
  tabIndex,
}: {
  readonly row: EventRow;
  readonly tabIndex: number;
}): VNode {
  const [first, ...others] = keys;
  if (first === undefined) return <>–</>;
  return (
    <>
      {name === null ? (
        <Text value={first} max={120} />
      ) : (
        <KeyLink value={first} cache={cache} tabIndex={tabIndex} />
      )}
      {others.length > 0 && <span class="quiet"> and {formatCount(others.length)} more</span>}
    </>
  );
}

function filter(rows: readonly EventRow[], { type, name, text }: Filters): EventRow[] {
  const sought = text.trim().toLowerCase();
  return rows.filter(
    (row) =>
      (type === "" || row.type === type) &&
      (name === "" || row.name === name) &&
      (sought === "" ||
        [row.name ?? "", row.text ?? "", ...row.keys].some((one) =>
          one.toLowerCase().includes(sought),
        )),
  );
}
