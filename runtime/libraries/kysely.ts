/** `zcache/kysely`: invalidations inside `db.transaction().execute(…)` wait for its commit. */
import { inScope, refuseOptions, replaceMethod, wrongClient } from "./library-transaction";

/** The part in use of a `Kysely`. */
export interface KyselyLike {
  readonly transaction: unknown;
}

/**
 * Puts a scope around every `transaction().execute(…)` of this copy of Kysely, and of the copies
 * that `withSchema` and `withPlugin` make of it.
 *
 * @returns the same object
 * @throws ConfigError for a value that is not a `Kysely`, such as the `trx` of a transaction
 * @example export const db = scoped(new Kysely<Database>({ dialect }))
 */
export function scoped<T extends KyselyLike>(db: T): T {
  refuseOptions("kysely", arguments[1]);
  const builder = builderOf(db);
  if (!builder) throw wrongClient("kysely", "a Kysely, such as new Kysely({ dialect })", db);
  replaceMethod(Object.getPrototypeOf(builder) as object, "execute", (execute) => {
    return function (callback) {
      const begin = (own: unknown): unknown => execute.call(this, own);
      return inScope(callback as () => unknown, begin, false);
    };
  });
  return db;
}

function builderOf(db: unknown): object | null {
  const { transaction, selectFrom, isTransaction } = Object(db) as Record<string, unknown>;
  if (
    typeof transaction !== "function" ||
    typeof selectFrom !== "function" ||
    isTransaction === true
  )
    return null;
  const builder: unknown = transaction.call(db);
  const { execute } = Object(builder) as Record<string, unknown>;
  return typeof execute === "function" ? (builder as object) : null;
}
