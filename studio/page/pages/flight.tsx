import { type VNode } from "preact";
import { useState } from "preact/hooks";
import { type FunctionRow, type Timeline } from "../../api";
import { FlightLines } from "../charts/flight-lines";
import { FlightTable } from "../components/flight-table";
import { Loading } from "../components/loading";
import { PageTitle } from "../components/page-title";
import { countOf, formatCount } from "../format/numbers";
import { formatDuration } from "../format/durations";
import { visibleText } from "../format/visible-text";
import { overview } from "../stores/live";
import { type Resource, useResource } from "../stores/resource";
import { goTo, route } from "../stores/route";

const spans = [10, 60, 300] as const;

/**
 * The loads of a function on a time line: which calls loaded, joined, or waited for another
 * process, and which loads ran behind a stale hit.
 */
export function FlightPage(): VNode {
  const named = route.value.query.get("name");
  const asked = Number(route.value.query.get("seconds"));
  const [seconds, setSeconds] = useState<number>(spans.find((span) => span === asked) ?? 60);
  const [frozen, setFrozen] = useState<Timeline | null>(null);
  const functions = overview.value?.functions ?? [];
  const name = named ?? busiest(functions);
  const live = useResource<Timeline>(
    name === null ? null : "timeline",
    { name, seconds },
    { everyMs: 1000 },
  );
  const shown: Resource<Timeline> =
    frozen === null ? live : { data: frozen, error: null, isLoading: false };
  const names = [
    ...new Set([...functions.map((row) => row.name), ...(name === null ? [] : [name])]),
  ].sort();
  return (
    <>
      <PageTitle title="Stampede and stale" />
      <div class="fields">
        <label class="field wide">
          <span>Function</span>
          <select
            data-search
            value={name ?? ""}
            onChange={({ currentTarget: { value } }) => {
              setFrozen(null);
              goTo("flight", { name: value });
            }}
          >
            {names.map((one) => (
              <option key={one} value={one}>
                {visibleText(one)}
              </option>
            ))}
          </select>
        </label>
        <fieldset class="choice">
          <legend class="visually-hidden">How far back</legend>
          {spans.map((choice) => (
            <label>
              <input
                type="radio"
                name="span"
                checked={seconds === choice}
                onChange={() => {
                  setFrozen(null);
                  setSeconds(choice);
                }}
              />
              last {formatDuration(choice * 1000)}
            </label>
          ))}
        </fieldset>
        <button type="button" onClick={() => setFrozen(frozen === null ? live.data : null)}>
          {frozen === null ? "Pause" : "Go on"}
        </button>
      </div>
      {name === null && <p class="quiet">No function has been called yet.</p>}
      <Loading resource={shown}>
        {(timeline) => (
          <>
            <p>{summaryOf(timeline)}</p>
            <FlightLines timeline={timeline} />
            <section aria-labelledby="loads">
              <h2 id="loads">The same as a table</h2>
              <FlightTable timeline={timeline} />
            </section>
          </>
        )}
      </Loading>
    </>
  );
}

function busiest(functions: readonly FunctionRow[]): string | null {
  const [first] = functions.toSorted((a, b) => b.figures.loads - a.figures.loads);
  return first?.name ?? null;
}

/** Describes the picture in words. */
function summaryOf({ loads, marks, from, to }: Timeline): string {
  if (loads.length === 0 && marks.length === 0)
    return `No loads in the last ${formatDuration(to - from)}.`;
  const joined = loads.reduce((sum, load) => sum + load.joined.length, 0);
  const background = loads.filter((load) => load.background).length;
  const waits = marks.filter(({ type }) => type === "wait").length;
  const stale = marks.filter(({ type }) => type === "stale").length;
  const sentences = [
    `${countOf(loads.length, "load")}, which ${countOf(joined, "more caller")} joined: single flight saved ${joined === 0 ? "none" : formatCount(joined)}.`,
  ];
  if (waits > 0)
    sentences.push(
      `${countOf(waits, "call")} waited for a load that had already started, here or in another process.`,
    );
  if (stale > 0) sentences.push(`${countOf(stale, "call")} got a stale value at once.`);
  if (background > 0)
    sentences.push(
      `${countOf(background, "load")} ran in the background, and no caller waited for it.`,
    );
  return sentences.join(" ");
}
