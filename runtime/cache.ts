import { type Backend } from "./backend";
import { type Clock } from "./clock";
import { type Codec } from "./codec";
import { type CacheEvent, type Listener } from "./events";
import { Guard, type GuardOptions } from "./guard";
import { type Load } from "./load";

/** What `configure` made of its options: complete, checked, durations in milliseconds. */
export interface Settings {
  readonly backend: Backend;
  readonly namespace: string | null;
  readonly ttlMs: number;
  readonly nullTtlMs: number | null;
  readonly codec: string;
  readonly codecs: Readonly<Record<string, Codec>>;
  readonly leaseMs: number;
  readonly guard: Omit<GuardOptions, "clock" | "store">;
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
  readonly #background = new Set<Promise<void>>();
  #sequence = 0;

  constructor(name: string, settings: Settings) {
    this.name = name;
    this.settings = settings;
    // A backend in this process answers within the call: nothing to time out.
    this.#guard = settings.backend.remote ? new Guard({ ...settings.guard, clock: settings.clock, store: settings.backend.name }) : null;
  }

  /** A number larger than all before: orders arrivals of callers and starts of loaders. */
  tick(): number {
    return ++this.#sequence;
  }

  /** Asks the backend, under its deadline and breaker. Rejects with a `BackendError`. */
  ask<T>(operation: string, keys: readonly string[], start: (backend: Backend) => Promise<T>): Promise<T> {
    const { backend } = this.settings;
    return this.#guard ? this.#guard.run(operation, keys, () => start(backend)) : start(backend);
  }

  emit(event: CacheEvent): void {
    const { onEvent } = this.settings;
    if (!onEvent) return;
    try {
      onEvent(event);
    } catch (error) {
      // A listener's mistake must neither break the call nor pass unseen.
      process.emitWarning(error instanceof Error ? error : String(error), "ZcacheListenerWarning");
    }
  }

  fault(operation: string, keys: readonly string[], error: unknown): void {
    this.emit({ type: "fault", operation, keys, error: asError(error) });
  }

  /** Work that nobody waits for; `idle` does. It must not reject. */
  background(work: Promise<void>): void {
    const tracked = work.finally(() => this.#background.delete(tracked));
    this.#background.add(tracked);
  }

  /** Resolves when no load and no write is under way. */
  async idle(): Promise<void> {
    while (this.loads.size > 0 || this.#background.size > 0) {
      await Promise.all([...this.#background, ...[...this.loads.values()].map((load) => load.ended)]);
    }
  }

  versionKey(tag: string): string {
    const { namespace } = this.settings;
    return namespace === null ? `tag:${tag}` : `${namespace}:tag:${tag}`;
  }

  /** One command, however many entries carry the tag. */
  async invalidateTag(tag: string): Promise<void> {
    await this.invalidateKeys([this.versionKey(tag)]);
    this.emit({ type: "invalidate", tag });
  }

  /** Ends what stands at the keys, leases too, so that no write under way can bury it. Rejects if it could not. */
  async invalidateKeys(keys: readonly string[]): Promise<void> {
    try {
      await this.ask("delete", keys, (backend) => backend.delete(keys));
    } catch (error) {
      this.fault("delete", keys, error);
      throw error;
    }
  }
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
