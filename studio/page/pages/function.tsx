import { type VNode } from "preact";
import { type FunctionDetail, type MissRow } from "../../api";
import { recent } from "../charts/recent";
import { SeriesCharts } from "../charts/series-charts";
import { AdviceLine } from "../components/advice-line";
import { AgeBars } from "../components/age-bars";
import { DirectiveFacts } from "../components/directive-facts";
import { EditorLink } from "../components/editor-link";
import { FiguresRow } from "../components/figures-row";
import { HottestKeys } from "../components/hottest-keys";
import { KeyScan } from "../components/key-scan";
import { LatencyTable } from "../components/latency-table";
import { Loading } from "../components/loading";
import { MissTable } from "../components/miss-table";
import { PageTitle } from "../components/page-title";
import { ProcessFigures } from "../components/process-figures";
import { ReasonBars } from "../components/reason-bars";
import { Text } from "../components/text";
import { WindowChoice } from "../components/window-choice";
import { formatBytes } from "../format/bytes";
import { countOf, formatCount, formatRate } from "../format/numbers";
import { overview, windowSeconds } from "../stores/live";
import { useResource } from "../stores/resource";
import { hrefOf, route } from "../stores/route";

/** Everything about one function, beginning with what is wrong with it and why it misses. */
export function FunctionPage(): VNode {
  const name = route.value.query.get("name") ?? "";
  const detail = useResource<FunctionDetail>(
    name === "" ? null : "function",
    { name, seconds: windowSeconds.value },
    { everyMs: 2000 },
  );
  const misses = useResource<readonly MissRow[]>(
    name === "" ? null : "misses",
    { name },
    { everyMs: 2000 },
  );
  if (name === "") {
    return (
      <>
        <PageTitle title="A function" />
        <p>
          No function is named in the address. <a href={hrefOf("functions")}>Choose one.</a>
        </p>
      </>
    );
  }
  return (
    <>
      <PageTitle title={detail.data?.label ?? name}>
        <WindowChoice />
      </PageTitle>
      <Loading resource={detail}>
        {(data) => <Shown detail={data} misses={misses.data ?? []} />}
      </Loading>
    </>
  );
}

function Shown({
  detail,
  misses,
}: {
  readonly detail: FunctionDetail;
  readonly misses: readonly MissRow[];
}): VNode {
  const { name, figures, series, place, advices, missReasons, directive, redacted } = detail;
  return (
    <>
      <p class="quiet">
        <code>
          <Text value={name} />
        </code>
        {place !== null && (
          <>
            {" at "}
            <EditorLink place={place} />
          </>
        )}
        {redacted && ". Its values are hidden (redact)."}
      </p>
      <p class="actions">
        <a href={hrefOf("flight", { name })}>Time line of its loads</a>
        <a href={hrefOf("events", { name })}>Its events</a>
        <a href={hrefOf("key", { name })}>Look at a key of it</a>
      </p>
      <FiguresRow
        figures={figures}
        seconds={Math.min(series.time.length, overview.value?.seconds ?? series.time.length)}
      />
      <section aria-labelledby="advice">
        <h2 id="advice">Advice</h2>
        {advices.length === 0 && <p class="quiet">The figures suggest nothing.</p>}
        {advices.map((advice) => (
          <AdviceLine key={advice.text} advice={advice} />
        ))}
      </section>
      <section aria-labelledby="why">
        <h2 id="why">Why it misses</h2>
        <div class="columns">
          <ReasonBars reasons={missReasons} />
          <div>
            <h3>The last misses</h3>
            <MissTable misses={misses} caption="The last misses" />
          </div>
        </div>
      </section>
      <div class="columns">
        <section aria-labelledby="times">
          <h2 id="times">How long it takes</h2>
          <LatencyTable hits={detail.hitLatency} loads={detail.loadLatency} />
        </section>
        <section aria-labelledby="stored">
          <h2 id="stored">What it stores</h2>
          <Stored detail={detail} />
        </section>
      </div>
      <section aria-labelledby="course">
        <h2 id="course">Course</h2>
        <SeriesCharts series={recent(series, overview.value?.seconds ?? series.time.length)} />
      </section>
      <div class="columns">
        <section aria-labelledby="directive">
          <h2 id="directive">Directive</h2>
          {directive === null ? (
            <p class="quiet">The lock file has nothing about it. Write one with: npx zcache lock</p>
          ) : (
            <DirectiveFacts directive={directive} />
          )}
        </section>
        <section aria-labelledby="ages">
          <h2 id="ages">Hits by age</h2>
          <AgeBars byAge={detail.byAge} />
        </section>
      </div>
      <div class="columns">
        <section aria-labelledby="hottest">
          <h2 id="hottest">Hottest keys</h2>
          <HottestKeys keys={detail.hottest} calls={figures.calls} />
        </section>
        <section aria-labelledby="processes">
          <h2 id="processes">By process</h2>
          <ProcessFigures rows={detail.byProcess} />
        </section>
      </div>
      <section aria-labelledby="keys">
        <h2 id="keys">Its keys in the store</h2>
        <KeyScan key={name} name={name} />
      </section>
    </>
  );
}

function Stored({ detail: { sizes, keys, reloads } }: { readonly detail: FunctionDetail }): VNode {
  const reloaded = reloads.same + reloads.changed;
  return (
    <>
      <p>
        {sizes === null
          ? "Nothing has been stored yet."
          : `Sizes: p50 ${formatBytes(sizes.p50)}, p99 ${formatBytes(sizes.p99)}, most ${formatBytes(sizes.max)}.`}
      </p>
      <p>About {countOf(keys, "different key")} asked for.</p>
      <p>
        {reloaded === 0
          ? "No key has been loaded twice yet."
          : `Of ${countOf(reloaded, "load")} of a key that had been loaded before, ${formatCount(reloads.changed)} (${formatRate(reloads.changed / reloaded)}) gave another result.`}
      </p>
    </>
  );
}
