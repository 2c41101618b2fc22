/** The original body, run on a miss. */
export type Loader = (this: unknown, ...args: unknown[]) => unknown;
