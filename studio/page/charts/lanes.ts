import { type Timeline } from "../../api";

/** What happened to one key in one process. */
export interface Lane {
  readonly key: string;
  readonly process: string;
  readonly loads: Timeline["loads"];
  readonly marks: Timeline["marks"];
}

/** The lanes with the most callers first; among equals, those that were loaded last. */
export function lanesOf({ loads, marks }: Timeline): Lane[] {
  const lanes = new Map<
    string,
    {
      key: string;
      process: string;
      loads: Timeline["loads"][number][];
      marks: Timeline["marks"][number][];
    }
  >();
  const laneOf = (key: string, process: string) => {
    const id = JSON.stringify([key, process]);
    let lane = lanes.get(id);
    if (!lane) lanes.set(id, (lane = { key, process, loads: [], marks: [] }));
    return lane;
  };
  for (const load of loads) laneOf(load.key, load.process).loads.push(load);
  for (const mark of marks) laneOf(mark.key, mark.process).marks.push(mark);
  return [...lanes.values()].sort((a, b) => callers(b) - callers(a) || newest(b) - newest(a));
}

function callers({ loads, marks }: Lane): number {
  return marks.length + loads.reduce((sum, { joined }) => sum + joined.length, 0);
}

function newest({ loads }: Lane): number {
  return loads.reduce((last, { startedAt }) => Math.max(last, startedAt), 0);
}
