import type { WriteRequest } from "../backend";
import { isServerError } from "../backend-failure";
import type { WriteQueue } from "../outbox";

/** More writes than this would keep the server from its other clients for too long. */
const mostWrites = 128;
/** A script takes several times as long as a command for each byte. */
const mostBytes = 64 * 1024;

/** Sends the writes with one command, and returns for each whether it was carried out. */
type SendWrites = (requests: readonly WriteRequest[]) => Promise<boolean[]>;

/** Writes that are sent with one command. */
interface Batch {
  readonly requests: WriteRequest[];
  bytes: number;
  readonly stored: Promise<boolean[]>;
}

/**
 * Merges the writes that are held until the reads of the tick are sent into one command. It is for
 * a server on which a write is a script. To send a script for each of them takes a quarter of what
 * a miss takes here, if there are many at once.
 */
export class MergedWrites {
  readonly #writes: WriteQueue;
  readonly #send: SendWrites;
  #batch: Batch | null = null;

  constructor(writes: WriteQueue, send: SendWrites) {
    this.#writes = writes;
    this.#send = send;
  }

  /** Returns whether the write was carried out. */
  add(request: WriteRequest): Promise<boolean> {
    const { length } = request.bytes;
    const isFull =
      this.#batch !== null &&
      (this.#batch.requests.length === mostWrites || this.#batch.bytes + length > mostBytes);
    const batch = this.#batch && !isFull ? this.#batch : this.#begin(request.key);
    this.#writes.recordHeld(request.key);
    batch.bytes += length;
    const index = batch.requests.push(request) - 1;
    return batch.stored.then(
      (stored) => stored[index] as boolean,
      (error: unknown) => this.#sendAlone(request, batch, error),
    );
  }

  #begin(key: string): Batch {
    const requests: WriteRequest[] = [];
    const stored = this.#writes.hold([key], () => {
      if (this.#batch === batch) this.#batch = null;
      return this.#send(requests);
    });
    const batch: Batch = { requests, bytes: 0, stored };
    return (this.#batch = batch);
  }

  /**
   * The server may have refused the command for one key only, for example because this client may
   * not write there. A write that was carried out after all finds no lease, and changes nothing.
   */
  async #sendAlone(request: WriteRequest, { requests }: Batch, error: unknown): Promise<boolean> {
    if (requests.length === 1 || !isServerError(error)) throw error;
    const [stored] = await this.#send([request]);
    return stored as boolean;
  }
}
