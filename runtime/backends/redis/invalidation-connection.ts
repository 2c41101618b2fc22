import { asError } from "../../user-code/thrown";
import type { InvalidationListener, Invalidations } from "./redis-port";

/**
 * The part of an invalidation connection that is the same for all clients: it ends once, and
 * reports nothing afterwards.
 */
export abstract class InvalidationConnection implements Invalidations {
  readonly #listener: InvalidationListener;
  #closed = false;

  constructor(listener: InvalidationListener) {
    this.#listener = listener;
  }

  fail(cause: Error): void {
    if (this.#closed) return;
    this.close();
    this.#listener.ended(cause);
  }

  close(): void {
    this.#closed = true;
    try {
      this.disconnect();
    } catch {
      // The client then deals with the connection. What it reports is ignored from now on.
    }
  }

  /** Ends the connection without waiting for the server, which may be gone. */
  protected abstract disconnect(): void;

  protected opened(): void {
    if (!this.#closed) this.#listener.opened();
  }

  /** @param keys null when everything was flushed */
  protected hear(keys: readonly Buffer[] | null): void {
    if (this.#closed) return;
    try {
      if (keys === null) this.#listener.flushed();
      else this.#listener.invalidated(keys);
    } catch (error) {
      // Neither past nor future reports can be relied on.
      this.fail(asError(error));
    }
  }
}
