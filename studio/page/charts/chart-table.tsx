import { type VNode } from "preact";
import { useState } from "preact/hooks";
import { formatTime } from "../format/times";
import { type ChartProps } from "./chart";

const rows = 30;

/** The numbers of a chart by second, newest first. The table exists only while it is open. */
export function ChartTable({
  title,
  time,
  series,
  format,
}: Pick<ChartProps, "title" | "time" | "series" | "format">): VNode {
  const [isOpen, setOpen] = useState(false);
  const last = time.length - 1;
  const shown = Array.from({ length: Math.min(rows, time.length) }, (_, i) => last - i);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Numbers of the last {rows} seconds</summary>
      {isOpen && (
        <div class="table" role="region" aria-label={`Numbers of ${title}`} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Time</th>
                {series.map(({ label }) => (
                  <th scope="col" class="numeric">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((i) => (
                <tr key={time[i]}>
                  <td>{formatTime((time[i] ?? 0) * 1000).slice(0, 8)}</td>
                  {series.map(({ values }) => (
                    <td class="numeric">{values[i] == null ? "–" : format(values[i])}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
