import type { Voucher } from "../memory-backend";
import type { RedisPort, TrackingPort } from "../redis/redis-port";
import { Claim } from "./claim";
import { InvalidationStream } from "./invalidation-stream";
import type { Streams, StreamsOptions, TierState } from "./streams";

/** The stream of a single server, which vouches for all keys. */
export class OneServer implements Streams {
  readonly #stream: InvalidationStream;
  #claim: Claim | null = null;

  /** @param onInterrupted is called when everything that is kept goes out of use */
  constructor(
    port: RedisPort,
    tracking: TrackingPort,
    options: StreamsOptions,
    onInterrupted: () => void,
  ) {
    const interrupt = (): void => {
      this.#claim?.end();
      this.#claim = null;
      onInterrupted();
    };
    this.#stream = new InvalidationStream({ ...options, port, tracking, onInterrupted: interrupt });
  }

  get state(): TierState {
    return this.#stream.isLive() ? "live" : "bypassed";
  }

  get lagMs(): number | null {
    return this.#stream.lagMs;
  }

  vouch(_key: string, now: number): Voucher | null {
    return this.#stream.isLive(now) ? (this.#claim ??= new Claim(this.#stream)) : null;
  }

  close(): void {
    this.#stream.close();
  }
}
