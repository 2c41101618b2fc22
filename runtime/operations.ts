/* oxlint-disable typescript/no-explicit-any -- types of the standard library are extended */
/**
 * The operations of annotated functions, as types. They exist on every function, as
 * `call` and `bind` do, because an annotation is a comment, which the type system can't see.
 */
declare global {
  interface CallableFunction {
    /**
     * Runs the function, stores its result, and resolves with it once it is stored, whatever was
     * stored before. Rejects with a `BackendError` if the result could neither be stored nor the
     * old entry be invalidated.
     * The function needs a `// @zcache` directive.
     */
    refresh<F extends AnyFunction, A extends ArgumentsOf<F>>(this: F, ...args: A): ResultOf<F, A>;
    /**
     * Runs the function itself: nothing is read, and nothing is stored.
     * The function needs a `// @zcache` directive.
     */
    nocache<F extends AnyFunction, A extends ArgumentsOf<F>>(this: F, ...args: A): ResultOf<F, A>;
    /**
     * Invalidates the entry for these arguments (in a batch: for each of these ids). Once it has
     * resolved, no caller anywhere gets the old value. Rejects with a `BackendError` when that
     * can't be guaranteed.
     * The function needs a `// @zcache` directive.
     */
    invalidate<F extends AnyFunction>(this: F, ...args: ArgumentsOf<F>): Promise<void>;
    /**
     * Calls `invalidateTag` of the function's cache. The function needs a `// @zcache` directive.
     */
    invalidateTag(this: AnyFunction, tag: string): Promise<void>;
  }

  /**
   * Without the compiler option `strictBindCallApply`, every function has the type `Function`, and
   * its operations are unchecked, as `call` and `bind` are then. Because the operations have the
   * type `any`, functions with other members of these names are still assignable to `Function`.
   */
  interface Function {
    refresh: any;
    nocache: any;
    invalidate: any;
    invalidateTag: any;
  }

  interface NewableFunction {
    /** A class has no operations, but its methods have them. */
    refresh: never;
    nocache: never;
    invalidate: never;
    invalidateTag: never;
  }
}

type AnyFunction = (...args: any[]) => unknown;

/**
 * The arguments of each overload of the function. If there are more than eight, those of the last
 * eight.
 */
type ArgumentsOf<F> = F extends {
  (...args: infer A1): unknown;
  (...args: infer A2): unknown;
  (...args: infer A3): unknown;
  (...args: infer A4): unknown;
  (...args: infer A5): unknown;
  (...args: infer A6): unknown;
  (...args: infer A7): unknown;
  (...args: infer A8): unknown;
}
  ? A1 | A2 | A3 | A4 | A5 | A6 | A7 | A8
  : never;

/** The result of the first overload that takes these arguments. */
type ResultOf<F, A> = F extends {
  (...args: infer A1): infer R1;
  (...args: infer A2): infer R2;
  (...args: infer A3): infer R3;
  (...args: infer A4): infer R4;
  (...args: infer A5): infer R5;
  (...args: infer A6): infer R6;
  (...args: infer A7): infer R7;
  (...args: infer A8): infer R8;
}
  ? A extends A1
    ? R1
    : A extends A2
      ? R2
      : A extends A3
        ? R3
        : A extends A4
          ? R4
          : A extends A5
            ? R5
            : A extends A6
              ? R6
              : A extends A7
                ? R7
                : A extends A8
                  ? R8
                  : never
  : never;

// It makes this file a module, in which "global" is an augmentation.
// oxlint-disable-next-line unicorn/require-module-specifiers -- see above
export {};
