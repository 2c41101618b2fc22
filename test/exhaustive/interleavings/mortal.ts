import type { Backend } from "../../../runtime/backends/backend";
import type { MemoryBackend } from "../../../runtime/backends/memory-backend";
import { configure } from "../../../runtime/cache/configure";
import { holdersIn } from "../../../runtime/entry/hold";
import { delayed } from "../../support/schedule";
import { world } from "./world";

/**
 * Lets a process die. What it sends from then on never arrives, and its holds run out at some time.
 */
export interface Mortal {
  readonly name: string;
  die(): void;
  readonly hasDied: Promise<void>;
  /** The clock of the store reaches the end of its holds. */
  expire(): Promise<unknown>;
}

export function createMortal(name: string, mutate: (backend: Backend) => Backend): Mortal {
  const { clock, store } = world;
  const held: Parameters<MemoryBackend["endHolds"]>[0][number][] = [];
  let isDead = false;
  let reportDeath = (): void => {};
  const hasDied = new Promise<void>((resolve) => (reportDeath = resolve));
  const die = (): void => {
    isDead = true;
    reportDeath();
  };
  const inner = delayed(store, world.schedule) as Required<Backend>;
  const alive = <Args extends unknown[], T>(ask: (...args: Args) => Promise<T>) => {
    return (...args: Args): Promise<T> => (isDead ? new Promise<T>(() => {}) : ask(...args));
  };
  const holdKeys = alive((requests: Parameters<typeof inner.holdKeys>[0]) => {
    held.push(...requests);
    return inner.holdKeys(requests);
  });
  const backend = {
    ...inner,
    holdKeys,
    endHolds: alive(inner.endHolds),
    delete: alive(inner.delete),
  };
  configure(name, { backend: mutate(backend), clock });
  const expire = async (): Promise<unknown> => {
    const values = await store.read(held.map(({ key }) => key));
    const isStored = (i: number, token: string): boolean =>
      holdersIn(values[i] ?? Buffer.alloc(0))?.some((holder) => holder.token === token) ?? false;
    // A hold that is no longer stored can't run out.
    return store.endHolds(held.filter(({ token }, i) => isStored(i, token)));
  };
  return { name, die, hasDied, expire };
}
