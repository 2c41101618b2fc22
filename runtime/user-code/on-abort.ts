import { warnOf } from "./thrown";

/** The callbacks for when a signal aborts, and the one listener that calls them. */
interface Waiting {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

const waitingFor = new WeakMap<AbortSignal, Waiting>();

/**
 * Calls back once when the signal aborts, and returns a function that cancels that. However many
 * callers wait for one signal, zcache adds one listener: Node considers more than ten a leak, and
 * warns.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const waiting = waitingFor.get(signal) ?? listenTo(signal);
  // A separate function is needed, because the same callback may be given twice.
  const own = (): void => callback();
  waiting.callbacks.add(own);
  return () => {
    if (!waiting.callbacks.delete(own) || waiting.callbacks.size > 0) return;
    try {
      signal.removeEventListener("abort", waiting.listener);
    } catch {
      // This is not Node's own signal. The listener has nothing left to call.
    }
    if (waitingFor.get(signal) === waiting) waitingFor.delete(signal);
  };
}

function listenTo(signal: AbortSignal): Waiting {
  const callbacks = new Set<() => void>();
  const listener = (): void => {
    waitingFor.delete(signal);
    const all = [...callbacks];
    callbacks.clear();
    for (const callback of all) callback();
  };
  try {
    signal.addEventListener("abort", listener, { once: true });
  } catch (error) {
    // This is not Node's own signal, so it doesn't end anyone's wait.
    warnOf(error, "ZcacheOptionWarning");
  }
  const waiting = { callbacks, listener };
  waitingFor.set(signal, waiting);
  return waiting;
}
