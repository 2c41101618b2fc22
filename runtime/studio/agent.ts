/**
 * Reports to Studio what this process does: to readers in the process when a report is made, and to
 * others through the stores of its caches. This module is loaded when Studio is turned on.
 */
import { isDisabledByEnvironment, registry, type StudioSettings } from "../cache/registry";
import { sharedInProcess } from "../cache/shared-state";
import { type Clock, neverSetBack, systemClock } from "../clock";
import { callListener } from "../user-code/thrown";
import { Collector } from "./collector";
import { createIdentity } from "./identity";
import { Publisher } from "./publisher";
import { type ProcessIdentity, type ProcessReport } from "./report";

const reportMs = 1_000;

type ReportListener = (report: ProcessReport) => void;

/** The state that all copies of zcache in this process share. */
interface AgentState {
  agent: Agent | null;
  readonly listeners: Set<ReportListener>;
}

const state = sharedInProcess<AgentState>("studio", () => ({ agent: null, listeners: new Set() }));

/** Begins to report, unless this process already does. */
export function startAgent({ name }: StudioSettings = { name: null }): void {
  state.agent ??= new Agent(name);
}

export function stopAgent(): void {
  state.agent?.stop();
  state.agent = null;
}

/**
 * Returns the last report. It is null if Studio is off in this process, and within its first
 * second.
 */
export function currentReport(): ProcessReport | null {
  return state.agent?.report ?? null;
}

/** Calls the listener with each report from now on. Returns a function that ends that. */
export function onReport(listener: ReportListener): () => void {
  state.listeners.add(listener);
  return () => void state.listeners.delete(listener);
}

/**
 * Switches the caches of this process off, as `configure({ enabled: false })` does, or on again as
 * they were.
 */
export function pause(paused: boolean): void {
  state.agent?.pause(paused);
}

/**
 * Loads what is stored at the key again. Returns false if this process doesn't know the call that
 * belongs to the key, because it has not loaded it recently. Rejects with the loader's error.
 */
export async function refreshKey(key: string): Promise<boolean> {
  return state.agent?.refresh(key) ?? false;
}

class Agent {
  readonly #collector = new Collector(() => this.#followClock());
  readonly #publisher = new Publisher();
  readonly #identity: ProcessIdentity;
  #report: ProcessReport | null = null;
  #clock = currentClock();
  #cancelTimer: () => void = () => {};
  /** Whether caching was on when it was paused, or null while it isn't paused. */
  #enabledBefore: boolean | null = null;

  constructor(name: string | null) {
    this.#identity = createIdentity(name, this.#clock.now());
    registry.observer = this.#collector;
    registry.timing = true;
    this.#setTimer();
  }

  stop(): void {
    this.#cancelTimer();
    this.pause(false);
    registry.observer = null;
    registry.timing = registry.measuring;
  }

  get report(): ProcessReport | null {
    return this.#report;
  }

  /** A clock that the program configures replaces the system's once its cache is set up. */
  #followClock(): void {
    const clock = currentClock();
    if (clock === this.#clock) return;
    this.#cancelTimer();
    this.#clock = clock;
    this.#setTimer();
  }

  #setTimer(): void {
    this.#cancelTimer = this.#clock.after(reportMs, () => {
      this.#setTimer();
      const report = (this.#report = this.#makeReport());
      for (const listener of state.listeners) callListener(() => listener(report));
      this.#publisher.publish(report);
    });
  }

  #makeReport(): ProcessReport {
    return this.#collector.report(this.#identity, this.#clock.now(), this.#isPaused());
  }

  pause(paused: boolean): void {
    if (paused && this.#enabledBefore === null) {
      this.#enabledBefore = registry.enabled;
      registry.enabled = false;
    } else if (!paused && this.#enabledBefore !== null) {
      if (!registry.closed && !isDisabledByEnvironment()) registry.enabled ||= this.#enabledBefore;
      this.#enabledBefore = null;
    }
  }

  /** The program may have switched its caches on again by itself. */
  #isPaused(): boolean {
    return this.#enabledBefore !== null && !registry.enabled;
  }

  refresh(key: string): Promise<boolean> {
    return this.#collector.refreshable.refresh(key);
  }
}

/** The clock of the default cache, or of the first one. */
function currentClock(): Clock {
  const { caches, defaultName } = registry;
  const [first] = caches.values();
  return (caches.get(defaultName) ?? first)?.settings.clock ?? neverSetBack(systemClock);
}
