/** `zcache/typeorm`: invalidations inside `dataSource.transaction(…)` wait for its commit. */
import { inScope, refuseOptions, replaceMethod, wrongClient } from "./library-transaction";
import { openScope } from "../transactions/scope";
import { TransactionByHand } from "./transaction-by-hand";

/** The part in use of a `DataSource`. */
export interface DataSourceLike {
  readonly manager: unknown;
  readonly createQueryRunner: unknown;
}

interface QueryRunnerLike {
  readonly isTransactionActive: boolean;
}

interface EntityManagerLike {
  readonly queryRunner?: QueryRunnerLike;
}

/**
 * Puts a scope around every `transaction(…)` of a `DataSource` or an `EntityManager` of this copy
 * of TypeORM, and another one around each nested transaction. Invalidations that are made while a
 * `QueryRunner` of this `DataSource` has a transaction open that was begun by hand are carried out
 * at once, and again when the transaction has ended.
 *
 * @returns the same object
 * @throws ConfigError for a value that is not a `DataSource`
 * @example export const dataSource = scoped(new DataSource({ type: "postgres", … }))
 */
export function scoped<T extends DataSourceLike>(dataSource: T): T {
  refuseOptions("typeorm", arguments[1]);
  const { manager, createQueryRunner } = Object(dataSource) as Record<string, unknown>;
  const managerType = holderOf(manager, "transaction");
  if (!managerType || typeof createQueryRunner !== "function")
    throw wrongClient(
      "typeorm",
      'a DataSource of TypeORM\'s, such as new DataSource({ type: "postgres", … })',
      dataSource,
    );
  scopeManagers(managerType);
  replaceMethod(dataSource, "createQueryRunner", (create) => {
    return function (...mode) {
      const runner = create.call(this, ...mode) as QueryRunnerLike;
      watch(runner);
      return runner;
    };
  });
  return dataSource;
}

/**
 * `dataSource.transaction` calls `transaction` of its manager, and each transaction has a manager
 * of its own.
 */
function scopeManagers(managerType: object): void {
  replaceMethod(managerType, "transaction", (transaction) => {
    return function (...args) {
      // An isolation level may come first. A DataSource also passes on arguments that it was not
      // given.
      const place = args.findIndex((arg) => typeof arg === "function");
      if (place === -1) return transaction.apply(this, args);
      const isSavepoint = (this as EntityManagerLike).queryRunner?.isTransactionActive === true;
      const begin = (own: unknown): unknown => transaction.apply(this, args.with(place, own));
      return inScope(args[place] as () => unknown, begin, isSavepoint);
    };
  });
}

/** For nested transactions, only the end of the outermost one counts. */
function watch(runner: QueryRunnerLike): void {
  let open: TransactionByHand | null = null;
  replaceMethod(runner, "startTransaction", (start) => {
    return async function (...isolation) {
      const result: unknown = await start.call(this, ...isolation);
      // In a scope it is not a transaction of its own, because only the end of the scope counts.
      if (!openScope()) open ??= new TransactionByHand();
      return result;
    };
  });
  const endAfter = (method: "commitTransaction" | "rollbackTransaction" | "release"): void =>
    replaceMethod(runner, method, (end) => {
      return async function (...args) {
        const result: unknown = await end.call(this, ...args);
        if (!open || (runner.isTransactionActive && method !== "release")) return result;
        const ended = open;
        open = null;
        // The invalidations of a transaction that did not commit were carried out once already.
        // Repeating them is a precaution.
        await ended.end().catch((error: unknown) => {
          if (method === "commitTransaction") throw error;
        });
        return result;
      };
    });
  endAfter("commitTransaction");
  endAfter("rollbackTransaction");
  // The connection was released with its transaction open, and it is not known how that ends.
  endAfter("release");
}

function holderOf(object: unknown, method: string): object | null {
  let one: unknown = object;
  while (typeof one === "object" && one !== null && !Object.hasOwn(one, method))
    one = Object.getPrototypeOf(one);
  const found = (one as Record<string, unknown> | null | undefined)?.[method];
  return typeof found === "function" ? (one as object) : null;
}
