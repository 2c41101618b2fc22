/** `zcache/knex`: invalidations inside `knex.transaction(async (trx) => …)` wait for its commit. */
import { inScope, refuseOptions, replaceMethod, wrongClient } from "./library-transaction";

/** The part in use of a `Knex`. */
export interface KnexLike {
  readonly transaction: unknown;
}

/**
 * Puts a scope around every `transaction(callback)`, and another one around each nested
 * transaction. A transaction that is begun without a callback and committed by hand needs
 * `transactional` around it.
 *
 * @returns the same function
 * @throws ConfigError for a value that is not a `Knex`, such as the `trx` of a transaction
 * @example export const db = scoped(knex({ client: "pg", connection }))
 */
export function scoped<T extends KnexLike>(knex: T): T {
  refuseOptions("knex", arguments[1]);
  const { transaction, context, isTransaction } = Object(knex) as Record<string, unknown>;
  if (
    typeof transaction !== "function" ||
    typeof context !== "object" ||
    context === null ||
    isTransaction === true
  )
    throw wrongClient("knex", 'a Knex, such as knex({ client: "pg", connection })', knex);
  scope(context, false);
  return knex;
}

/** A Knex does everything through its context. */
function scope(context: object, isSavepoint: boolean): void {
  replaceMethod(context, "transaction", (transaction) => {
    return function (callback, ...config) {
      if (typeof callback !== "function") return transaction.call(this, callback, ...config);
      const run = (trx: { readonly context: object }): unknown => {
        scope(trx.context, true);
        return (callback as (trx: unknown) => unknown)(trx);
      };
      return inScope(run, (own) => transaction.call(this, own, ...config), isSavepoint);
    };
  });
}
