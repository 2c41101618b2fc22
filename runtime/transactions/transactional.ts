import {
  checkOption,
  checkOptions,
  isBoolean,
  isFunction,
  resolveDuration,
  show,
} from "../check-options";
import { type BackendError, ConfigError } from "../errors";
import { type OptionRow, optionsAt, withDefaults } from "../options";
import { committedError } from "./carry-out";
import { type HoldOptions, holdIn, resolveHold } from "./hold";
import { mayHaveCommitted } from "./outcome";
import { disown } from "../user-code/thrown";
import { openScope, runWithin, Scope } from "./scope";

/** The options of `transactional`, all optional. */
export interface TransactionalOptions {
  /**
   * Inside another `transactional`: true says that this transaction commits by itself (on a
   * connection of its own), whatever becomes of the outer one. False: it is a savepoint, or a part
   * of the outer transaction.
   * @defaultValue false
   */
  readonly independent?: boolean;
  /**
   * Whether the transaction may have committed although this error was thrown. What it invalidated
   * is carried out then.
   * @defaultValue errors that say that the connection to the database was lost
   */
  readonly mayHaveCommitted?: (error: unknown) => boolean;
  /**
   * After this time the invalidations so far are carried out, with an event, and again after the
   * commit.
   * @defaultValue "1m"
   */
  readonly overdue?: string;
  /**
   * What the function is going to write, which is held from before the call until the transaction
   * has ended. See `hold`. For several caches, give a list.
   * @defaultValue nothing
   */
  readonly hold?: HoldOptions | readonly HoldOptions[];
}

/** An option without a row in the table does not compile. */
const rows: Readonly<Record<keyof TransactionalOptions, OptionRow>> = optionsAt("transactional");
const rowsIfSynchronous: Readonly<Record<keyof SynchronousOptions, OptionRow>> =
  optionsAt("transactionalSync");

/**
 * Runs `fn`, which makes a transaction. What is invalidated inside, however deep, is carried out
 * when `fn` has resolved, and dropped when it rejects, because the transaction was rolled back
 * then.
 *
 * @returns what `fn` returns, after the invalidations have been carried out
 * @throws BackendError with `committed: true` when the transaction has committed and an
 * invalidation failed; before `fn` is called when what it writes could not be held
 * @throws ConfigError for a value that is not a function, and for an option that does not exist or
 * has an impossible value
 * @example
 * await transactional(() =>
 *   db.transaction(async (tx) => {
 *     await tx.update(users).set({ name }).where(eq(users.id, id));
 *     await invalidateTag(`user:${id}`);
 *   }),
 * );
 */
export async function transactional<R>(
  fn: () => R,
  options: TransactionalOptions = {},
): Promise<Awaited<R>> {
  checkFunction("transactional", fn);
  checkOptions("transactional", rows, options);
  const { scopeOptions, isUnknown, holds } = resolveOptions(options);
  const scope = new Scope(openScope(), scopeOptions);
  let result: Awaited<R>;
  try {
    for (const one of holds) await holdIn(scope, one);
  } catch (error) {
    await scope.rollBack();
    throw error;
  }
  try {
    result = await runWithin(scope, fn);
  } catch (error) {
    await settleFailure(scope, isUnknown(error));
    throw error;
  }
  try {
    await scope.commit();
  } catch (error) {
    throw committedError(error as BackendError);
  }
  return result;
}

/**
 * `transactional` for drivers whose transactions are synchronous, such as `better-sqlite3`: `fn`
 * has made its transaction when it returns. What is invalidated inside is carried out then, at
 * once, and the promises of these invalidations resolve when that is done. When `fn` throws they
 * resolve without it, because the transaction was rolled back.
 *
 * @returns what `fn` returns
 * @throws ConfigError for a value that is not a function, for a function that returns a promise,
 * and for an impossible option
 * @example
 * let saved: Promise<void> | undefined;
 * transactionalSync(() =>
 *   database.transaction(() => {
 *     rename.run(name, id);
 *     saved = invalidateTag(`user:${id}`);
 *   })(),
 * );
 * await saved;
 */
export function transactionalSync<R>(fn: () => R, options: SynchronousOptions = {}): R {
  checkFunction("transactionalSync", fn);
  checkOptions("transactionalSync", rowsIfSynchronous, options);
  const { scopeOptions } = resolveOptions(options);
  const scope = new Scope(openScope(), { ...scopeOptions, isSynchronous: true });
  let result: R;
  try {
    result = runWithin(scope, fn);
    if (result instanceof Promise) {
      disown(result);
      throw new ConfigError(
        "transactionalSync takes a function that is done when it returns, but this one returned a promise. Write await transactional(() => …).",
      );
    }
  } catch (error) {
    void scope.rollBack();
    throw error;
  }
  // A failure is reported to the callers that have invalidated something.
  void scope.commit().catch(() => {});
  return result;
}

/** The options of `transactionalSync`. */
export type SynchronousOptions = Pick<TransactionalOptions, "independent">;

/**
 * Ignores failures, because the caller's error is that of the transaction. What could not be
 * carried out is an event.
 */
async function settleFailure(scope: Scope, isUnknown: boolean): Promise<void> {
  if (!isUnknown) return scope.rollBack();
  scope.emit(
    "unknown-outcome",
    "This was invalidated in a transaction that failed in such a way that it may have committed, so it is carried out.",
  );
  await scope.commitPerhaps().catch(() => {});
}

function checkFunction(caller: string, fn: unknown): void {
  if (typeof fn === "function") return;
  const hint =
    fn instanceof Promise
      ? ` The work behind a promise has already begun: write ${caller}(() => …).`
      : "";
  throw new ConfigError(`${caller} takes a function, but got: ${show(fn)}.${hint}`);
}

function resolveOptions(options: TransactionalOptions) {
  const chosen = withDefaults("transactional", options);
  const independent = checkOption(
    "independent",
    chosen.independent,
    isBoolean,
    "must be true or false",
  );
  const isUnknown = checkOption(
    "mayHaveCommitted",
    options.mayHaveCommitted,
    isFunction,
    "must be a function",
  );
  const overdueMs = resolveDuration("overdue", chosen.overdue);
  const { hold = [] } = options;
  const holds = (Array.isArray(hold) ? hold : [hold]).map((one: HoldOptions) => resolveHold(one));
  return {
    scopeOptions: { independent, overdueMs },
    isUnknown: isUnknown ?? mayHaveCommitted,
    holds,
  };
}
