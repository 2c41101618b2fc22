/** `zcache/drizzle`: invalidations inside `db.transaction(…)` wait for its commit. */
import { ConfigError } from "../index";
import { inScope, replaceMethod, wrongClient } from "./library-transaction";

/** What is used of a database of Drizzle's. */
export interface DrizzleLike {
  readonly transaction: unknown;
}

/**
 * Puts a scope around every `transaction(…)` of the database, and one of its own around each nested one.
 *
 * @returns the same object
 * @throws ConfigError for what is not a database of Drizzle's, and for one whose transactions are synchronous
 * @example export const db = scoped(drizzle(pool))
 */
export function scoped<T extends DrizzleLike>(db: T): T {
  const { transaction, select, resultKind } = Object(db) as Record<string, unknown>;
  if (typeof transaction !== "function" || typeof select !== "function")
    throw wrongClient("drizzle", "a database of Drizzle's, such as drizzle(client)", db);
  if (resultKind === "sync")
    throw new ConfigError(
      "zcache/drizzle can't wait for the end of this driver's transactions, because they are synchronous. Write await transactional(() => db.transaction(…)).",
    );
  scope(db, false);
  return db;
}

function scope(owner: object, isSavepoint: boolean): void {
  replaceMethod(owner, "transaction", (transaction) => {
    return function (callback, ...config) {
      const run = (tx: object): unknown => {
        scope(tx, true);
        return (callback as (tx: object) => unknown)(tx);
      };
      return inScope(run, (own) => transaction.call(this, own, ...config), isSavepoint);
    };
  });
}
