import { type Backend } from "./backend";
import { type BackendTask, createFailure, startSafely } from "./backend-failure";
import { show } from "./check-options";
import { type Clock } from "./clock";
import { type Codec } from "./codec";
import { type BackendError, ConfigError } from "./errors";
import { type CacheEvent, type Listener } from "./events";
import { Guard, type GuardOptions } from "./guard";
import { type Load } from "./load";

/** What `configure` made of its options: complete, checked, durations in milliseconds. */
export interface Settings {
  readonly backend: Backend;
  readonly namespace: string | null;
  readonly ttlMs: number;
  readonly nullTtlMs: number | null;
  readonly memoryMs: number | null;
  readonly codec: string;
  readonly codecs: Readonly<Record<string, Codec>>;
  readonly leaseMs: number;
  readonly guard: Pick<GuardOptions, "deadlineMs" | "maxInFlight" | "breakerFailures" | "breakerMs">;
  readonly clock: Clock;
  readonly onEvent: Listener | null;
}

/** One cache: a backend with its guard, and the loads under way in this process. */
export class Cache {
  readonly name: string;
  readonly settings: Settings;

  /** Loads that callers of the same key may join, by key. */
  readonly loads = new Map<string, Load>();

  readonly #guard: Guard | null;
  readonly #underWay = new Set<Promise<unknown>>();
  #sequence = 0;

  constructor(name: string, settings: Settings) {
    this.name = name;
    this.settings = settings;
    const { backend, clock, guard } = settings;
    // A backend in this process answers within the call: nothing to time out.
    this.#guard = backend.remote ? new Guard({ ...guard, clock, store: backend.name }) : null;
  }

  /** A number larger than all before: orders arrivals of callers and starts of loaders. */
  tick(): number {
    return ++this.#sequence;
  }

  /** Asks the backend, under its deadline and breaker. A fault is an event, and rejects with a `BackendError`. */
  async ask<T>(task: BackendTask, keys: readonly string[], start: (backend: Backend) => Promise<T>): Promise<T> {
    const { backend } = this.settings;
    try {
      return await (this.#guard
        ? this.#guard.run(task, keys, () => start(backend))
        : startSafely(() => start(backend)));
    } catch (cause) {
      const error = this.#guard ? (cause as BackendError) : createFailure(backend.name, task, keys, cause);
      this.emit({ type: "fault", operation: task, keys, error });
      throw error;
    }
  }

  emit(event: CacheEvent): void {
    const { onEvent } = this.settings;
    if (!onEvent) return;
    try {
      const result: unknown = onEvent(event);
      // An async function is a listener too, for the types.
      if (result instanceof Promise) result.catch(warnOfListener);
    } catch (error) {
      warnOfListener(error);
    }
  }

  /** What `idle` waits for, whether somebody else does or not. A rejection is left to others. */
  track<T>(work: Promise<T>): Promise<T> {
    const tracked: Promise<unknown> = work.then(forget, forget).then(() => this.#underWay.delete(tracked));
    this.#underWay.add(tracked);
    return work;
  }

  /** Resolves when no load, no refresh and no write is under way. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  versionKey(tag: string): string {
    const { namespace } = this.settings;
    return namespace === null ? `tag:${tag}` : `${namespace}:tag:${tag}`;
  }

  /** One command, however many entries carry the tag. */
  async invalidateTag(tag: string): Promise<void> {
    if (typeof tag !== "string" || tag === "") {
      throw new ConfigError(`invalidateTag takes the tag's text, but got: ${show(tag)}.`);
    }
    await this.ask("invalidateTag", [tag], (backend) => backend.delete([this.versionKey(tag)]));
    this.emit({ type: "invalidate", tag });
  }

  /** Ends what stands at the keys, leases too, so that no write under way can bury it. Rejects if it could not. */
  async invalidateKeys(keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await this.ask("delete", keys, (backend) => backend.delete(keys));
  }
}

/** A listener's mistake must neither break the call nor pass unseen. */
function warnOfListener(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error), "ZcacheListenerWarning");
}

function forget(): void {}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
