import { transactional } from "../index";
import { openByHand, type OpenTransaction } from "../transactions/by-hand";
import { type Invalidation, namesIn } from "../transactions/invalidation";
import { openScope } from "../transactions/scope";

/**
 * A transaction that is begun by one call and ended by another. No async context shows which code
 * runs inside it: the code that begins it hands it to its caller, and a context that is entered by
 * hand also reaches code that runs beside the transaction.
 *
 * So invalidations that are made outside of every scope, while such transactions are open, are
 * carried out at once, and again when each of the transactions has ended. Values that others have
 * loaded and stored before the commit therefore do not stay.
 */
export class TransactionByHand implements OpenTransaction {
  /** Each invalidation is kept once, by all of its names. */
  readonly #invalidated = new Map<string, Invalidation>();

  constructor() {
    openByHand.add(this);
  }

  remember(one: Invalidation): void {
    this.#invalidated.set([one.cache.name, ...namesIn(one)].join("\0"), one);
  }

  /**
   * Resolves when the invalidations that were made meanwhile have been carried out again. That is
   * done after a rollback too, because code inside may have stored something that was never
   * committed.
   *
   * @throws BackendError with `committed: true` if that failed
   */
  async end(): Promise<void> {
    openByHand.delete(this);
    if (this.#invalidated.size === 0) return;
    const collectAll = async (): Promise<void> => {
      for (const one of this.#invalidated.values()) await openScope()?.collect(one);
    };
    await transactional(collectAll, { independent: true });
  }
}
