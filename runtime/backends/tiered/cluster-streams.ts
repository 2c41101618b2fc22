import type { Voucher } from "../memory-backend";
import { findHashTag, slotOf } from "../redis/key-slot";
import type { ClusterTrackingPort, MasterPort, RedisPort } from "../redis/redis-port";
import { asError } from "../../user-code/thrown";
import { toWellFormed } from "../../keys/well-formed";
import { MasterStream } from "./master-stream";
import { SlotTable } from "./slot-table";
import type { Streams, StreamsOptions, TierState } from "./streams";

const beatsPerLag = 3;

/**
 * The streams of a Cluster: one for each master, which vouches for the keys of its slots. Where a
 * stream is in doubt, its slots are out of use, and no others.
 *
 * A kept value must have been read from the master whose stream vouches for it, so the client must
 * be sending commands of that slot over that very connection. Otherwise the answer could come from
 * a master that was replaced, although the new one has reported the change long ago.
 */
export class ClusterStreams implements Streams {
  readonly #port: RedisPort;
  readonly #cluster: ClusterTrackingPort;
  readonly #options: StreamsOptions;
  readonly #keyPrefix: string;
  /** The slot of all keys, if the client's own prefix has a hash tag. */
  readonly #onlySlot: number | null;
  readonly #streams = new Map<MasterPort, MasterStream>();
  readonly #table = new SlotTable<MasterStream>();
  readonly #unwatch: () => void;
  #cancelTimer: (() => void) | null = null;
  #state: TierState = "bypassed";
  readonly #causes = new Set<string>();

  constructor(port: RedisPort, cluster: ClusterTrackingPort, options: StreamsOptions) {
    this.#port = port;
    this.#cluster = cluster;
    this.#options = options;
    this.#keyPrefix = toWellFormed(port.keyPrefix);
    this.#onlySlot = findHashTag(this.#keyPrefix) === null ? null : slotOf(this.#keyPrefix);
    this.#unwatch = cluster.watch({
      ready: () => this.#begin(),
      ended: () => this.#stop(),
    });
    // A lazy client stays lazy.
    if (cluster.isReady) this.#begin();
  }

  get state(): TierState {
    const now = this.#options.clock.now();
    const needed = [...this.#streams.values()].filter((stream) => this.#needs(stream));
    const live = needed.filter((stream) => stream.isLive(now));
    if (live.length === 0) return "bypassed";
    const isWhole = this.#onlySlot !== null || this.#table.strays === 0;
    return isWhole && live.length === needed.length ? "live" : "partial";
  }

  get lagMs(): number | null {
    const lags = [...this.#streams.values()]
      .filter((stream) => this.#needs(stream))
      .map(({ lagMs }) => lagMs);
    return lags.length === 0 || lags.includes(null) ? null : Math.max(...lags.map(Number));
  }

  vouch(key: string, now: number): Voucher | null {
    const slot = slotOf(this.#keyPrefix + key);
    const owner = this.#table.ownerOf(slot);
    if (!owner?.isLive(now) || this.#cluster.masterOf(slot) !== owner.master) return null;
    return this.#table.claim(slot);
  }

  close(): void {
    this.#unwatch();
    this.#stop();
  }

  #begin(): void {
    if (!this.#cancelTimer) this.#beat();
  }

  #beat(): void {
    this.#cancelTimer = this.#options.clock.after(this.#options.maxLagMs / beatsPerLag, () =>
      this.#beat(),
    );
    try {
      this.#meetMasters();
    } catch (error) {
      // No caller is on the stack of a timer's callback.
      this.#report(asError(error));
      return;
    }
    for (const stream of this.#streams.values()) void stream.ask();
    this.#report(null);
  }

  /** Opens streams to new masters, and closes those of masters that are gone. */
  #meetMasters(): void {
    const masters = new Set(this.#cluster.masters());
    const gone = [...this.#streams].filter(([master]) => !masters.has(master));
    for (const [master, stream] of gone) {
      this.#streams.delete(master);
      stream.close();
    }
    for (const master of masters)
      if (!this.#streams.has(master)) this.#streams.set(master, this.#open(master));
    if (gone.length > 0) this.#update();
  }

  #open(master: MasterPort): MasterStream {
    const { prefixes, maxLagMs, clock, onInvalidated } = this.#options;
    const stream: MasterStream = new MasterStream({
      ...{ prefixes, maxLagMs, clock, onInvalidated, port: this.#port, master },
      owns: (slot) => this.#table.ownerOf(slot) === stream,
      onView: () => this.#update(),
      onInterrupted: () => this.#table.endClaims(stream),
      onStateChange: (_state, cause) =>
        this.#report(cause && new Error(`${master.address}: ${cause.message}`, { cause })),
    });
    return stream;
  }

  /** A master without slots has nothing to report. */
  #needs(stream: MasterStream): boolean {
    if (this.#onlySlot !== null) return this.#table.ownerOf(this.#onlySlot) === stream;
    return stream.view === null || stream.view.self.ranges.length > 0;
  }

  #update(): void {
    const streams = [...this.#streams.values()];
    this.#table.update(streams);
    for (const stream of streams) stream.slotsChanged();
  }

  #stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    for (const stream of this.#streams.values()) stream.close();
    this.#streams.clear();
    this.#table.update([]);
    this.#report(null);
  }

  /** Reports each change once and, until all is well again, each cause once. */
  #report(cause: Error | null): void {
    const { state } = this;
    const isKnown =
      state === this.#state &&
      (state === "live" || cause === null || this.#causes.has(cause.message));
    if (state === "live") this.#causes.clear();
    else if (cause) this.#causes.add(cause.message);
    this.#state = state;
    if (!isKnown) this.#options.onStateChange(state, cause);
  }
}
