import { AsyncLocalStorage } from "node:async_hooks";
import type { Surface } from "../history";

/**
 * Says which caller calls, and what it asks for. Each call has a context of its own, as each
 * request of a server has.
 */
export interface Caller {
  readonly surface: Surface;
  readonly cells: readonly number[];
}

export const caller = new AsyncLocalStorage<Caller>();

/**
 * Says what is wrong with a loader that runs now for these cells. It is null if its caller has
 * asked for them.
 */
export function findStranger(surface: string, cells: readonly number[]): string | null {
  const own = caller.getStore();
  if (own && own.surface === surface && cells.every((cell) => own.cells.includes(cell)))
    return null;
  const who = own ? `a caller of ${own.surface}(${own.cells.join()})` : "nobody";
  return `the loader of ${surface}(${cells.join()}) ran as ${who}`;
}
