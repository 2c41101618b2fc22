import { type Cache } from "../cache/cache";

/** How long to wait before another process is asked after again, in milliseconds: few questions, soon at first. */
const delaysMs = [5, 10, 20, 40, 80, 160, 320];
const longestMs = 500;

/** @param round from 0 */
export function pollDelayMs(round: number): number {
  return delaysMs[round] ?? longestMs;
}

/** With a backend in this process nothing else would keep it from ending under a waiting caller. */
export function pause(cache: Cache, ms: number): Promise<void> {
  return new Promise((resolve) => void cache.settings.clock.after(ms, resolve, true));
}
