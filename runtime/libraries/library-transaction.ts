// These are imported from the package's entry, as a program imports them, because there must be
// only one copy of each.
import { ConfigError, transactional } from "../index";
import { show } from "../check-options";

type Callback = (...args: never[]) => unknown;

/**
 * Calls a library's transaction function in a scope. A library commits after its callback has
 * succeeded, so an error after that is an error of the COMMIT, and it is not known whether that was
 * carried out.
 *
 * @param begin calls the library's function with the callback it is given
 * @param isSavepoint whether the transaction is part of another one
 */
export function inScope<C extends Callback>(
  callback: C,
  begin: (callback: C) => unknown,
  isSavepoint: boolean,
): Promise<unknown> {
  let isThrough = false;
  const noting = async (...args: Parameters<C>): Promise<unknown> => {
    const result: unknown = await callback(...args);
    isThrough = true;
    return result;
  };
  return transactional(() => begin(noting as unknown as C), {
    independent: !isSavepoint,
    mayHaveCommitted: () => isThrough,
  });
}

/**
 * Replaces a method of the object, once. `around` is given the old method and returns the new one.
 */
export function replaceMethod(
  owner: object,
  name: string,
  around: (
    original: (...args: unknown[]) => unknown,
  ) => (this: unknown, ...args: unknown[]) => unknown,
): void {
  const original = (owner as Record<string, unknown>)[name] as ((...args: unknown[]) => unknown) & {
    [done]?: true;
  };
  if (original[done]) return;
  const value = Object.assign(around(original), { [done]: true });
  Object.defineProperty(owner, name, { value, writable: true, configurable: true });
}

const done = Symbol.for("zcache.transaction.1");

/**
 * Adapters have no options, and would ignore them. The call of an invalidation says which cache it
 * concerns.
 *
 * @throws ConfigError
 */
export function refuseOptions(entry: string, given: unknown): void {
  if (given !== undefined)
    throw new ConfigError(
      `zcache/${entry}: scoped takes one argument and no options, but got: ${show(given)}.`,
    );
}

export function wrongClient(entry: string, wanted: string, given: unknown): ConfigError {
  return new ConfigError(`zcache/${entry} takes ${wanted}, but got: ${show(given)}.`);
}
