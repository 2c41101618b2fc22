import { transactional } from "../index";
import { openByHand, type OpenTransaction } from "../transactions/by-hand";
import { type Invalidation, namesIn } from "../transactions/invalidation";
import { openScope } from "../transactions/scope";

/**
 * A transaction that is begun by one call and ended by another. No async context tells which code runs inside it: code
 * that begins one hands it to its caller, and a context that is entered by hand reaches code that runs beside the
 * transaction.
 *
 * So what is invalidated outside of every scope, while such transactions are open, is carried out at once and again
 * when each of them has ended: what others have loaded and stored before the commit does not stay.
 */
export class TransactionByHand implements OpenTransaction {
  /** By all of its names, each once. */
  readonly #invalidated = new Map<string, Invalidation>();

  constructor() {
    openByHand.add(this);
  }

  note(one: Invalidation): void {
    this.#invalidated.set([one.cache.name, ...namesIn(one)].join("\0"), one);
  }

  /**
   * Resolves when what was invalidated meanwhile has been carried out again. After a rollback too, because code inside
   * may have stored what was never committed.
   *
   * @throws BackendError with `committed: true` when that failed
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
