import type { Voucher } from "../memory-backend";

/**
 * Vouches for the keys that one stream reports, for as long as nothing has been missed: until the
 * stream is interrupted, or until the keys' slot leaves its node. After that it never vouches
 * again, so that everything that was kept under it is out of use without being searched for.
 */
export class Claim implements Voucher {
  readonly #stream: Voucher;
  #isOver = false;

  constructor(stream: Voucher) {
    this.#stream = stream;
  }

  isLive(now: number): boolean {
    return !this.#isOver && this.#stream.isLive(now);
  }

  end(): void {
    this.#isOver = true;
  }
}
