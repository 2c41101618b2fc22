import { type VNode } from "preact";
import { type CacheReport, type ProcessRow } from "../../api";
import { formatBytes } from "../format/bytes";
import { formatDuration } from "../format/durations";
import { countOf, formatCount } from "../format/numbers";
import { formatAgo } from "../format/times";
import { act, whyReadOnly } from "../stores/actions";
import { session } from "../stores/session";
import { type Column, DataTable } from "./data-table";
import { HitRate } from "./hit-rate";
import { Text } from "./text";

interface Row {
  readonly process: ProcessRow;
  readonly cache: CacheReport | null;
  readonly now: number;
}

const columns: readonly Column<Row>[] = [
  { title: "Process", cell: ({ process, now }) => <Process row={process} now={now} /> },
  { title: "Calls", cell: ({ process }) => formatCount(process.figures.calls), isNumber: true },
  {
    title: "Hit rate",
    cell: ({ process }) => <HitRate rate={process.figures.hitRate} />,
    isNumber: true,
  },
  { title: "Cache", cell: ({ cache }) => (cache === null ? "–" : <Cache cache={cache} />) },
  { title: "Breaker", cell: ({ cache }) => <Breaker cache={cache} /> },
  { title: "In flight", cell: ({ cache }) => formatCount(cache?.inFlight ?? 0), isNumber: true },
  { title: "Loading", cell: ({ cache }) => formatCount(cache?.loading ?? 0), isNumber: true },
  { title: "Faults", cell: ({ cache }) => <Faults cache={cache} />, isNumber: true },
  { title: "Memory", cell: ({ cache }) => <Memory cache={cache} /> },
  { title: "Tier", cell: ({ cache }) => <Tier cache={cache} /> },
];

/** Each process with each of its caches. Those with problems come first. */
export function ProcessTable({
  processes,
  now,
}: {
  readonly processes: readonly ProcessRow[];
  readonly now: number;
}): VNode {
  const rows = processes.flatMap((process): Row[] =>
    process.caches.length === 0
      ? [{ process, cache: null, now }]
      : process.caches.map((cache) => ({ process, cache, now })),
  );
  rows.sort((a, b) => trouble(b) - trouble(a));
  return (
    <>
      <PauseButtons processes={processes} />
      <DataTable
        caption="Processes and their caches"
        columns={columns}
        rows={rows}
        keyOf={({ process, cache }) => `${process.process.id} ${cache?.name ?? ""}`}
        empty="No process reports. A program reports once it is started with configure({ studio: true })."
      />
    </>
  );
}

function trouble({ process, cache }: Row): number {
  if (process.isGone) return 1;
  if (cache === null) return 0;
  return (cache.breaker === "closed" ? 0 : 4) + (cache.tier?.state === "bypassed" ? 2 : 0);
}

/** The server can pause only the process that it is in, and not the others that report to it. */
function PauseButtons({ processes }: { readonly processes: readonly ProcessRow[] }): VNode | null {
  const reporting = processes.filter(({ isGone }) => !isGone);
  if (reporting.length === 0) return null;
  const reason =
    whyReadOnly() ??
    (session.value?.mayRefresh
      ? null
      : "Only the program itself can pause its cache: open Studio in it.");
  return (
    <p class="actions">
      {reporting.some(({ paused }) => !paused) && (
        <button
          type="button"
          disabled={reason !== null}
          onClick={() => void act("pause", { paused: true })}
        >
          Pause the cache
        </button>
      )}
      {reporting.some(({ paused }) => paused) && (
        <button
          type="button"
          disabled={reason !== null}
          onClick={() => void act("pause", { paused: false })}
        >
          Use the cache again
        </button>
      )}
      <span class="quiet">
        {reason ??
          "In the process that serves this page, each call runs its function while the cache is paused."}
      </span>
    </p>
  );
}

function Process({
  row: { process, isGone, paused, seenAt },
  now,
}: {
  row: ProcessRow;
  now: number;
}): VNode {
  return (
    <>
      <Text value={process.title} max={60} /> <span class="quiet">pid {process.pid}</span>{" "}
      <span class="quiet">
        on <Text value={process.host} max={60} />, up {formatDuration(now - process.startedAt)}
      </span>
      {isGone && <strong class="bad"> gone, last heard of {formatAgo(seenAt, now)}</strong>}
      {paused && <strong class="bad"> paused</strong>}
    </>
  );
}

function Cache({ cache }: { readonly cache: CacheReport }): VNode {
  return (
    <>
      <Text value={cache.name} max={60} />{" "}
      <span class="quiet">
        <Text value={cache.backend} max={40} />
      </span>
      {cache.namespace !== null && (
        <span class="quiet">
          {" "}
          in <Text value={cache.namespace} max={60} />
        </span>
      )}
    </>
  );
}

function Breaker({ cache }: { readonly cache: CacheReport | null }): VNode {
  if (cache === null) return <>–</>;
  if (cache.breaker === "closed") return <>closed</>;
  return (
    <strong class="bad">
      {cache.breaker === "open" ? "open: the store is not asked" : "half-open: one try"}
    </strong>
  );
}

function Faults({ cache }: { readonly cache: CacheReport | null }): VNode {
  if (cache === null || cache.faults === 0) return <>0</>;
  return (
    <span class="bad">
      {formatCount(cache.faults)}, {formatCount(cache.late)} late
    </span>
  );
}

function Memory({ cache }: { readonly cache: CacheReport | null }): VNode {
  const memory = cache?.memory;
  if (!memory) return <>–</>;
  return (
    <>
      {formatBytes(memory.bytes)} of {formatBytes(memory.maxBytes)},{" "}
      {countOf(memory.entries, "entry", "entries")}
    </>
  );
}

function Tier({ cache }: { readonly cache: CacheReport | null }): VNode {
  const tier = cache?.tier;
  if (!tier) return <>–</>;
  if (tier.state === "live")
    return <>live{tier.lagMs === null ? "" : `, ${formatDuration(tier.lagMs)} behind`}</>;
  return <strong class="bad">bypassed: its stream of invalidations is away</strong>;
}
