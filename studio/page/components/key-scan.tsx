import { type VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Notice, type ScanProgress } from "../../api";
import { readEvents } from "../api/read-events";
import { countOf, formatCount } from "../format/numbers";
import { type Column, DataTable } from "./data-table";
import { KeyLink } from "./key-link";
import { Text } from "./text";
import { Trouble } from "./trouble";

type State = "idle" | "running" | "done" | "stopped" | "broken";

const columns: readonly Column<string>[] = [
  {
    title: "Key",
    cell: (key, tabIndex) => <KeyLink value={key} tabIndex={tabIndex} />,
    sortBy: (key) => key,
  },
];

/** Scans the store for the keys of a function, in small steps that can be stopped. */
export function KeyScan({ name }: { readonly name: string }): VNode {
  const [state, setState] = useState<State>("idle");
  const [progress, setProgress] = useState<ScanProgress | null>(null);
  const [keys, setKeys] = useState<readonly string[]>([]);
  const [trouble, setTrouble] = useState<string | null>(null);
  const aborter = useRef<AbortController | null>(null);

  function stop(): void {
    aborter.current?.abort();
    setState("stopped");
  }

  async function start(): Promise<void> {
    aborter.current?.abort();
    const own = new AbortController();
    const { signal } = own;
    aborter.current = own;
    setState("running");
    setTrouble(null);
    setProgress(null);
    setKeys([]);
    const found = new Set<string>();
    try {
      await readEvents("scan", { name }, signal, (type, data) => {
        if (signal.aborted) return;
        if (type === "notice") setTrouble((data as Notice).text);
        if (type !== "progress") return;
        const next = data as ScanProgress;
        setProgress(next);
        for (const key of next.keys) found.add(key);
        if (next.keys.length > 0) setKeys([...found]);
        if (!next.isDone) return;
        own.abort();
        setState("done");
      });
    } catch (error) {
      if (signal.aborted) return;
      setTrouble(error instanceof Error ? error.message : String(error));
    }
    if (!signal.aborted) setState("broken");
  }

  useEffect(() => () => aborter.current?.abort(), [name]);

  const isRunning = state === "running";
  return (
    <div class="scan">
      <div class="actions">
        {isRunning ? (
          <button type="button" onClick={stop}>
            Stop
          </button>
        ) : (
          <button type="button" onClick={() => void start()}>
            {state === "idle" ? "Look through the store" : "Look again"}
          </button>
        )}
        {isRunning && (
          <progress aria-label="The progress of the search" {...progressOf(progress)}>
            {progress?.scanned}
          </progress>
        )}
        <span role="status">{wordsOf(state, progress)}</span>
      </div>
      {state === "broken" && (
        <Trouble>
          The search has broken off{trouble === null ? "." : ": "}
          {trouble !== null && <Text value={trouble} max={300} />}
        </Trouble>
      )}
      {keys.length > 0 && (
        <DataTable
          caption="Keys that were found"
          columns={columns}
          rows={keys}
          keyOf={(key) => key}
          empty=""
          searchBy={(key) => key}
        />
      )}
      {progress?.isCut && (
        <p class="quiet">
          These are the first {formatCount(keys.length)}: the search has ended there. Any other key
          can be typed or pasted on the page of keys.
        </p>
      )}
    </div>
  );
}

function progressOf(progress: ScanProgress | null): {
  readonly max?: number;
  readonly value?: number;
} {
  if (progress === null || progress.total === null) return {};
  return { max: Math.max(1, progress.total), value: Math.min(progress.scanned, progress.total) };
}

function wordsOf(state: State, progress: ScanProgress | null): string {
  if (state === "idle") return "It is read in small steps, and can be stopped.";
  if (progress === null) return state === "running" ? "Looking…" : "Nothing was found.";
  const ofAll = progress.total === null ? "" : ` of about ${formatCount(progress.total)}`;
  const seen = `${countOf(progress.found, "key")} found, ${formatCount(progress.scanned)}${ofAll} examined`;
  const ends: Readonly<Record<State, string>> = {
    idle: "",
    running: "…",
    done: ".",
    stopped: ", stopped.",
    broken: ".",
  };
  return `${seen}${ends[state]}`;
}
