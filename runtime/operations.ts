/**
 * The operations of annotated functions, as types. They stand on every function, as
 * `call` and `bind` do, because an annotation is a comment and no type can see it.
 */
declare global {
  interface CallableFunction {
    /**
     * Runs the function, stores its result, and resolves with it once it is stored, whatever was stored before. Rejects with
     * a `BackendError` where the result could neither be stored nor the old entry be ended.
     * Of a function with a `// @zcache` directive.
     */
    refresh<A extends unknown[], R>(this: (...args: A) => R, ...args: A): R;
    /** Runs the function itself: nothing is read, nothing is stored. Of a function with a `// @zcache` directive. */
    nocache<A extends unknown[], R>(this: (...args: A) => R, ...args: A): R;
    /**
     * Ends the entry for these arguments (of a batch: for each of these ids). Once it has resolved no caller
     * anywhere gets the old value. Rejects with a `BackendError` when that can't be said.
     * Of a function with a `// @zcache` directive.
     */
    invalidate<A extends unknown[]>(this: (...args: A) => unknown, ...args: A): Promise<void>;
    /** `invalidateTag` of the function's cache. Of a function with a `// @zcache` directive. */
    invalidateTag(this: (...args: never[]) => unknown, tag: string): Promise<void>;
  }
}

// oxlint-disable-next-line unicorn/require-module-specifiers -- makes this file a module, whose "global" is an augmentation
export {};
