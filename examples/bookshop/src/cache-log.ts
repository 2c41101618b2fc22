/** The part of zcache's events that is shown here. */
export interface SeenEvent {
  readonly type: string;
  readonly name?: string | undefined;
  readonly key?: string | undefined;
  readonly tag?: string | undefined;
}

export interface CacheReport {
  /** How often each type of event occurred, by the function's name. */
  functions: Record<string, Record<string, number>>;
  /** Every key that was stored since the service began. */
  keys: string[];
  /** The events since the number that was asked for, oldest first. */
  events: SeenEvent[];
  /** Ask for events since this number to see only what comes next. */
  next: number;
}

const keptEvents = 10_000;

/** Records what the cache did, so that it can be read over HTTP. */
export class CacheLog {
  private readonly functions: Record<string, Record<string, number>> = {};
  private readonly keys = new Set<string>();
  private events: SeenEvent[] = [];
  private forgotten = 0;

  readonly record = ({ type, name, key, tag }: SeenEvent): void => {
    if (name) {
      const counts = (this.functions[name] ??= {});
      counts[type] = (counts[type] ?? 0) + 1;
    }
    if (type === "store" && key) this.keys.add(key);
    this.events.push({ type, name, key, tag });
    if (this.events.length > 2 * keptEvents) this.forgetOldest();
  };

  report(since: number): CacheReport {
    return {
      functions: this.functions,
      keys: [...this.keys],
      events: this.events.slice(Math.max(0, since - this.forgotten)),
      next: this.forgotten + this.events.length,
    };
  }

  private forgetOldest(): void {
    this.events = this.events.slice(keptEvents);
    this.forgotten += keptEvents;
  }
}
