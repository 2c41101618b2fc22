import { markFrames } from "./stacks";

/** The original body, run on a miss. */
export type Loader = (this: unknown, ...args: unknown[]) => unknown;

/** Calls the loader. In stack traces, the user's own frames end here. */
export function applyLoader(loader: Loader, self: unknown, args: ArrayLike<unknown>): unknown {
  return loader.apply(self, args as unknown[]);
}

markFrames(applyLoader);

/** The prototype of async functions. */
export const asyncFunctionPrototype = Object.getPrototypeOf(async () => {}) as object;

export function isAsync(target: Function): boolean {
  return asyncFunctionPrototype.isPrototypeOf(target);
}
