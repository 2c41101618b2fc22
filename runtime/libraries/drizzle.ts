/** `zcache/drizzle`: invalidations inside `db.transaction(…)` wait for its commit. */
import { transactionalSync } from "../index";
import { inScope, refuseOptions, replaceMethod, wrongClient } from "./library-transaction";

/** The part in use of a Drizzle database. */
export interface DrizzleLike {
  readonly transaction: unknown;
}

/**
 * Puts a scope around every `transaction(…)` of the database, and one of its own around each nested
 * one. With a driver whose transactions are synchronous, such as `better-sqlite3`, the promises of
 * invalidations inside resolve when they have been carried out, after the commit.
 *
 * @returns the same object
 * @throws ConfigError for a value that is not a Drizzle database, such as the `tx` of a transaction
 * @example export const db = scoped(drizzle(pool))
 */
export function scoped<T extends DrizzleLike>(db: T): T {
  refuseOptions("drizzle", arguments[1]);
  const { transaction, select, rollback, resultKind } = Object(db) as Record<string, unknown>;
  // A Knex is a function that has these methods too. The `tx` of a transaction has `rollback`.
  const isDatabase =
    typeof db === "object" && typeof transaction === "function" && typeof select === "function";
  if (!isDatabase || rollback !== undefined)
    throw wrongClient("drizzle", "a database of Drizzle's, such as drizzle(client)", db);
  scope(db, false, resultKind === "sync" ? inSynchronousScope : inScope);
  return db;
}

function scope(owner: object, isSavepoint: boolean, within: typeof inScope): void {
  replaceMethod(owner, "transaction", (transaction) => {
    return function (callback, ...config) {
      const run = (tx: object): unknown => {
        scope(tx, true, within);
        return (callback as (tx: object) => unknown)(tx);
      };
      return within(run, (own) => transaction.call(this, own, ...config), isSavepoint);
    };
  });
}

const inSynchronousScope = ((callback, begin, isSavepoint) =>
  transactionalSync(() => begin(callback), { independent: !isSavepoint })) as typeof inScope;
