import { warnOf } from "./thrown";

/** What is to be called when a signal aborts, and the one listener that calls it. */
interface Waiting {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

const waitingFor = new WeakMap<AbortSignal, Waiting>();

/**
 * Calls back once when the signal aborts. Returns what cancels that. However many wait for one signal, it has one
 * listener of ours: Node takes more than ten for a leak, and says so.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const waiting = waitingFor.get(signal) ?? listenTo(signal);
  // A function of its own, because the same callback may be given twice.
  const own = (): void => callback();
  waiting.callbacks.add(own);
  return () => {
    if (!waiting.callbacks.delete(own) || waiting.callbacks.size > 0) return;
    try {
      signal.removeEventListener("abort", waiting.listener);
    } catch {
      // Not Node's own signal. The listener calls nobody any more.
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
    // Not Node's own signal: it ends nobody's wait.
    warnOf(error, "ZcacheOptionWarning");
  }
  const waiting = { callbacks, listener };
  waitingFor.set(signal, waiting);
  return waiting;
}
