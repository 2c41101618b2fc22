import { type VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Timeline } from "../../api";
import { formatDuration } from "../format/durations";
import { countOf } from "../format/numbers";
import { formatTime } from "../format/times";
import { visibleText } from "../format/visible-text";
import { type Lane, lanesOf } from "./lanes";

const laneHeight = 30;
const most = 30;
const axisHeight = 22;

/**
 * A lane for each key in each process. A bar is a run of the loader; a tick on it is a caller that
 * joined; a hollow ring is a call that waited for another process; a filled dot is a call that got
 * a stale value.
 */
export function FlightLines({ timeline }: { readonly timeline: Timeline }): VNode | null {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(900);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(Math.max(260, element.clientWidth)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const lanes = lanesOf(timeline);
  const drawn = lanes.slice(0, most);
  const { from, to } = timeline;
  const x = (at: number): number =>
    ((Math.min(to, Math.max(from, at)) - from) / Math.max(1, to - from)) * width;
  const height = drawn.length * laneHeight + axisHeight;
  return (
    <div class="flight" ref={box}>
      {drawn.length > 0 && (
        <svg
          width={width}
          height={height}
          role="img"
          aria-label="Loads on a time line. The table below has the same data."
        >
          {drawn.map((lane, i) => (
            <LaneLine
              key={`${lane.process} ${lane.key}`}
              lane={lane}
              y={i * laneHeight}
              width={width}
              x={x}
              to={to}
            />
          ))}
          <Axis from={from} to={to} width={width} y={height - axisHeight} />
        </svg>
      )}
      {lanes.length > most && (
        <p class="quiet">
          {countOf(lanes.length - most, "more key")} with fewer callers are in the table only.
        </p>
      )}
      <Legend />
    </div>
  );
}

interface LaneLineProps {
  readonly lane: Lane;
  readonly y: number;
  readonly width: number;
  readonly x: (at: number) => number;
  readonly to: number;
}

function LaneLine({ lane: { key, process, loads, marks }, y, width, x, to }: LaneLineProps): VNode {
  const top = y + 15;
  const name = visibleText(`${key} in ${process}`);
  return (
    <g>
      <title>{name}</title>
      <text class="lane" x={2} y={y + 11}>
        {shortened(name, Math.floor(width / 7))}
      </text>
      <line class="ground" x1={0} x2={width} y1={y + laneHeight - 1} y2={y + laneHeight - 1} />
      {loads.map((load) => {
        const end = load.endedAt ?? to;
        return (
          <g key={load.id}>
            <rect
              class={`load ${load.outcome ?? "running"}${load.background ? " background" : ""}`}
              x={x(load.startedAt)}
              y={top}
              width={Math.max(2, x(end) - x(load.startedAt))}
              height={9}
            >
              <title>
                {`${load.background ? "Background load" : "Load"}, ${formatDuration(end - load.startedAt)}, ${load.outcome ?? "running"}, ${countOf(load.joined.length, "caller")} joined`}
              </title>
            </rect>
            {load.joined.map((at, i) => (
              <line class="join" key={i} x1={x(at)} x2={x(at)} y1={top - 2} y2={top + 11} />
            ))}
          </g>
        );
      })}
      {marks.map(({ at, type }, i) => (
        <circle class={type} key={i} cx={x(at)} cy={top + 4.5} r={4} />
      ))}
    </g>
  );
}

function Axis({
  from,
  to,
  width,
  y,
}: {
  from: number;
  to: number;
  width: number;
  y: number;
}): VNode {
  const parts = width < 500 ? 2 : 5;
  return (
    <g class="axis">
      {Array.from({ length: parts + 1 }, (_, i) => (
        <text
          x={(i / parts) * width}
          y={y + 15}
          text-anchor={i === 0 ? "start" : i === parts ? "end" : "middle"}
        >
          {formatTime(from + ((to - from) * i) / parts).slice(0, 8)}
        </text>
      ))}
    </g>
  );
}

function Legend(): VNode {
  return (
    <ul class="inline quiet flight-legend">
      <li>
        <Sample>
          <rect class="load stored" x={0} y={3} width={22} height={9} />
        </Sample>
        load
      </li>
      <li>
        <Sample>
          <rect class="load stored background" x={1} y={3} width={20} height={9} />
        </Sample>
        background load
      </li>
      <li>
        <Sample>
          <rect class="load failed" x={0} y={3} width={22} height={9} />
        </Sample>
        failed, or not stored
      </li>
      <li>
        <Sample>
          <line class="join" x1={11} x2={11} y1={1} y2={14} />
        </Sample>
        a caller joined
      </li>
      <li>
        <Sample>
          <circle class="wait" cx={11} cy={8} r={4} />
        </Sample>
        waited for a load
      </li>
      <li>
        <Sample>
          <circle class="stale" cx={11} cy={8} r={4} />
        </Sample>
        got a stale value
      </li>
    </ul>
  );
}

function Sample({ children }: { readonly children: VNode }): VNode {
  return (
    <svg width={22} height={15} aria-hidden="true">
      {children}
    </svg>
  );
}

function shortened(text: string, most: number): string {
  const characters = Array.from(text);
  return characters.length <= most ? text : `…${characters.slice(1 - most).join("")}`;
}
