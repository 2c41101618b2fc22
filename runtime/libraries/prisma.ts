/** `zcache/prisma`: invalidations inside `prisma.$transaction(…)` wait for its commit. */
import { transactional } from "../index";
import { inScope, refuseOptions, replaceMethod, wrongClient } from "./library-transaction";

/** The part in use of a `PrismaClient`. */
export interface PrismaLike {
  readonly $transaction: unknown;
}

/**
 * Puts a scope around every `$transaction` of the client, both in its form with a function and in
 * its form with an array of operations, and another one around each nested transaction. Clients
 * that `$extends` makes of this one have it too.
 *
 * @returns the same object
 * @throws ConfigError for a value that is not a `PrismaClient`, such as the client of a transaction
 * @example export const prisma = scoped(new PrismaClient({ adapter }))
 */
export function scoped<T extends PrismaLike>(prisma: T): T {
  refuseOptions("prisma", arguments[1]);
  if (!isWhole(prisma))
    throw wrongClient("prisma", "a PrismaClient, such as new PrismaClient({ adapter })", prisma);
  scope(prisma);
  return prisma;
}

function scope(client: object): void {
  replaceMethod(client, "$transaction", ($transaction) => {
    return function (work, ...options) {
      const isSavepoint = !isWhole(this);
      // Extensions of the client run the operations of an array, and they may invalidate.
      if (typeof work !== "function")
        return transactional(() => $transaction.call(this, work, ...options), {
          independent: !isSavepoint,
        });
      const run = (tx: object): unknown => {
        // The client of a transaction inherits the method or has its own. In older versions it has
        // none.
        if (typeof (tx as Partial<PrismaLike>).$transaction === "function") scope(tx);
        return (work as (tx: object) => unknown)(tx);
      };
      return inScope(run, (own) => $transaction.call(this, own, ...options), isSavepoint);
    };
  });
}

/** Whether it is a client that can connect by itself, which the client of a transaction can't. */
function isWhole(client: unknown): boolean {
  const { $transaction, $connect } = Object(client) as Record<string, unknown>;
  return typeof $transaction === "function" && typeof $connect === "function";
}
