import type { Voucher } from "../memory-backend";
import { type ClusterView, parseClusterNodes } from "../redis/cluster-view";
import { findHashTag, slotCount, slotOf } from "../redis/key-slot";
import type { MasterPort, RedisPort } from "../redis/redis-port";
import { asError } from "../../user-code/thrown";
import { InvalidationStream, type StreamState } from "./invalidation-stream";
import type { StreamsOptions } from "./streams";

export interface MasterStreamOptions extends Omit<StreamsOptions, "onStateChange"> {
  readonly port: RedisPort;
  readonly master: MasterPort;
  readonly owns: (slot: number) => boolean;
  /** Called when the master describes the Cluster differently than before. */
  readonly onView: () => void;
  /** Called when invalidations of its keys may have been missed. */
  readonly onInterrupted: () => void;
  readonly onStateChange: (state: StreamState, cause: Error | null) => void;
}

/** Of nodes with a single slot, one in 160,000 would need more. */
const mostTries = 12 * slotCount;

/**
 * The stream of one master of a Cluster, and that master's own account of its slots. Both have to
 * be recent. A canary shows that everything that this server has acknowledged has arrived. It
 * doesn't show that other keys were changed on this server, because slots move.
 */
export class MasterStream implements Voucher {
  readonly master: MasterPort;
  readonly #options: MasterStreamOptions;
  readonly #stream: InvalidationStream;
  #view: ClusterView | null = null;
  #viewedAt = -Infinity;
  #asking = false;
  #canary: { readonly tag: string; readonly slot: number } | null = null;

  constructor(options: MasterStreamOptions) {
    this.#options = options;
    this.master = options.master;
    this.#stream = new InvalidationStream({
      ...options,
      tracking: options.master,
      findCanaryTag: (prefix) => this.#findCanaryTag(prefix),
    });
  }

  get view(): ClusterView | null {
    return this.#view;
  }

  get lagMs(): number | null {
    return this.#stream.lagMs;
  }

  isLive(now: number): boolean {
    return now - this.#viewedAt < this.#options.maxLagMs && this.#stream.isLive(now);
  }

  /** Asks the master for its slots, one question at a time. */
  async ask(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const askedAt = this.#options.clock.now();
    try {
      const view = parseClusterNodes(await this.#options.master.askNodes());
      this.#viewedAt = askedAt;
      this.#see(view);
    } catch (error) {
      this.#options.onStateChange("bypassed", asError(error));
    } finally {
      this.#asking = false;
    }
  }

  /** The slots of some streams have changed, so this one may need a canary in another slot. */
  slotsChanged(): void {
    if (this.#canary && !this.#options.owns(this.#canary.slot)) this.#stream.proveAgain();
    else if (!this.#canary) this.#stream.prove();
  }

  close(): void {
    this.#stream.close();
  }

  #see(view: ClusterView): void {
    const before = this.#view;
    this.#view = view;
    if (view.digest === before?.digest) return;
    // A higher epoch may mean that slots were lost and won again in between.
    const isAnother =
      before && (view.self.id !== before.self.id || view.self.epoch !== before.self.epoch);
    if (isAnother) {
      this.#options.onInterrupted();
      this.#stream.proveAgain();
    }
    this.#options.onView();
  }

  /**
   * A canary is written to one of the master's slots, and takes the same route as all other
   * commands.
   */
  #findCanaryTag(prefix: string): string | null {
    const { owns, port } = this.#options;
    if (this.#canary && owns(this.#canary.slot)) return this.#canary.tag;
    this.#canary = null;
    if (!this.#view || this.#view.self.ranges.length === 0) return null;
    // With a hash tag in the client's own prefix, all keys are in one slot.
    const tries = findHashTag(port.keyPrefix) === null ? mostTries : 1;
    for (let n = 0; n < tries; n++) {
      const tag = `{${n}}`;
      const slot = slotOf(port.keyPrefix + prefix + tag);
      if (owns(slot)) {
        this.#canary = { tag, slot };
        return tag;
      }
    }
    return null;
  }
}
