import { runAs } from "../user-code/context-storage";
import { type Run, type Runs } from "./run";
import { sharedInProcess } from "./shared-state";

export const runs = sharedInProcess<Runs>("runs", () => ({ storage: null, underWay: 0 }));

/**
 * @param isAwaited false for loads in the background, which the code that begins them doesn't wait
 * for
 */
export function beginRun(cache: string, keys: readonly string[], isAwaited: boolean): Run {
  const parent = isAwaited ? currentRun() : null;
  const run: Run = { cache, keys: new Set(keys), parent, waitsFor: null, open: keys.length };
  if (parent) (parent.waitsFor ??= new Map()).set(run, 1);
  return run;
}

/** Records that one of the run's loads has ended. */
export function endLoadOf(run: Run): void {
  if (--run.open === 0) run.parent?.waitsFor?.delete(run);
}

/**
 * Runs a loader. Everything that it calls, also after an `await`, belongs to the run. `endLoader`
 * has to be called when what it returns has settled.
 */
export function runWithin<T>(run: Run, loader: () => T): T {
  runs.underWay++;
  return runAs(runs, run, loader);
}

/**
 * Records that a loader has ended. It may have left code running, but no load waits for that code,
 * so that it may wait for any load.
 */
export function endLoader(): void {
  // While it is enabled, every promise of the process costs more on Node 20.
  if (--runs.underWay === 0) runs.storage?.disable();
}

/** Returns the run that the current code belongs to, if it has not ended. */
function currentRun(): Run | null {
  const { storage, underWay } = runs;
  if (underWay === 0 || !storage) return null;
  let run = storage.getStore() ?? null;
  while (run && run.open === 0) run = run.parent;
  return run;
}

/**
 * Whether the current code belongs to a loader that loads this key, or was called by one that does
 * and waits for it.
 */
export function isLoadedAbove(cache: string, key: string): boolean {
  for (let run = currentRun(); run; run = run.parent)
    if (run.open > 0 && run.cache === cache && run.keys.has(key)) return true;
  return false;
}

/**
 * Whether a load of that run waits, directly or through others, for the loader that the current
 * code belongs to.
 */
export function waitsForCaller(run: Run): boolean {
  const current = currentRun();
  return current !== null && waitsForRun(run, current);
}

/** Whether one run is another, or waits for it, directly or through others. */
export function waitsForRun(run: Run, other: Run): boolean {
  const seen = new Set([run]);
  // Iterating over a set includes what is added meanwhile.
  for (const one of seen) {
    if (one === other) return true;
    for (const next of one.waitsFor?.keys() ?? []) seen.add(next);
  }
  return false;
}

/**
 * Records that the current code waits for a load of that run. Returns a function to call when it no
 * longer does.
 */
export function waitFor(run: Run): (() => void) | null {
  const current = currentRun();
  return current && addWait(current, run);
}

/** Records that one run waits for another. Returns a function to call when it no longer does. */
export function addWait(run: Run, other: Run): () => void {
  const waitsFor = (run.waitsFor ??= new Map());
  waitsFor.set(other, (waitsFor.get(other) ?? 0) + 1);
  return () => {
    const count = (waitsFor.get(other) ?? 0) - 1;
    if (count > 0) waitsFor.set(other, count);
    else waitsFor.delete(other);
  };
}
