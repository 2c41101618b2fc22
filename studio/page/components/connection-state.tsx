import { useSignal } from "@preact/signals";
import { type VNode } from "preact";
import { useEffect } from "preact/hooks";
import { type StreamState } from "../api/event-stream";
import { formatDuration } from "../format/durations";
import { connection, overview } from "../stores/live";

const words: Readonly<Record<StreamState, string>> = {
  connecting: "Connecting…",
  open: "Live",
  lost: "Connection lost, retrying…",
  silent: "The server is silent, waiting…",
};

/**
 * Shows whether the figures are live and, if not, how old they are. Screen readers read out only
 * changes of the state.
 */
export function ConnectionState(): VNode {
  const state = connection.value;
  return (
    <p class={`connection ${state}`}>
      <span role="status">{words[state]}</span>
      {state !== "open" && overview.value !== null && <Age at={overview.value.at} />}
    </p>
  );
}

function Age({ at }: { readonly at: number }): VNode {
  const now = useSignal(Date.now());
  useEffect(() => {
    const timer = setInterval(() => {
      now.value = Date.now();
    }, 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <span class="quiet"> The figures are {formatDuration(Math.max(0, now.value - at))} old.</span>
  );
}
