import { type VNode } from "preact";
import { type Overview } from "../../api";
import { recent } from "../charts/recent";
import { SeriesCharts } from "../charts/series-charts";
import { FiguresRow } from "../components/figures-row";
import { MostCalled } from "../components/most-called";
import { PageTitle } from "../components/page-title";
import { ProcessTable } from "../components/process-table";
import { WindowChoice } from "../components/window-choice";
import { WorstFunctions } from "../components/worst-functions";
import { connection, overview } from "../stores/live";

/** The present state, with the worst problems first. */
export function NowPage(): VNode {
  const current = overview.value;
  return (
    <>
      <PageTitle title="Now">
        <WindowChoice />
      </PageTitle>
      {current === null ? <p class="quiet">{waitingText()}</p> : <Shown overview={current} />}
    </>
  );
}

function Shown({ overview }: { overview: Overview }): VNode {
  const { total, seconds, functions, series, processes, at } = overview;
  return (
    <>
      <FiguresRow figures={total} seconds={seconds} />
      <section aria-labelledby="worst">
        <h2 id="worst">Functions, worst hit rate first</h2>
        <p class="quiet">A function's name opens why it misses, and what to do.</p>
        <WorstFunctions functions={functions} />
        <MostCalled shown={functions.length} />
      </section>
      <section aria-labelledby="course">
        <h2 id="course">Course</h2>
        <SeriesCharts series={recent(series, seconds)} />
      </section>
      <section aria-labelledby="processes">
        <h2 id="processes">Processes and their caches</h2>
        <ProcessTable processes={processes} now={at} />
      </section>
    </>
  );
}

function waitingText(): string {
  if (connection.value === "lost")
    return "No figures yet: the server of this page does not answer.";
  return "Waiting for the first figures, which come each second…";
}
