import { type Cache } from "../cache/cache";

/**
 * Returns how long to wait before the store is asked again whether another process has ended, in
 * milliseconds. The first waits are short.
 */
const delaysMs = [5, 10, 20, 40, 80, 160, 320];
const longestMs = 500;

/** @param round from 0 */
export function pollDelayMs(round: number): number {
  return delaysMs[round] ?? longestMs;
}

/**
 * Waits, and keeps the process alive: with a backend in this process, nothing else would, although
 * a caller waits.
 */
export function pause(cache: Cache, ms: number): Promise<void> {
  return new Promise((resolve) => void cache.settings.clock.after(ms, resolve, true));
}
