import { type ScanStep } from "../../runtime/backends/inspector";
import { type Inspector } from "../../runtime/backends/inspector";
import { type Cache } from "../../runtime/cache/cache";
import { type ScanProgress } from "../api";
import { type EventStream } from "./respond";

const keysPerStep = 250;
/** A scan ends when it has found this many keys, or keys with this many characters. */
const mostKeys = 100_000;
const mostText = 20_000_000;
/** One message covers this many steps, because a page can't show more messages in a second. */
const stepsPerMessage = 8;

/**
 * Walks over the store's keys in small steps, one at a time, until it has seen all of them or the
 * reader is gone.
 */
export async function scan(
  cache: Cache,
  inspector: Inspector,
  prefix: string,
  stream: EventStream,
): Promise<void> {
  const total = await cache.ask("read", [prefix], () => inspector.keyCount());
  const found = new Set<string>();
  let fresh: string[] = [];
  let scanned = 0;
  let cursor: string | null = null;
  let text = 0;
  let isCut = false;
  const sendProgress = (isDone: boolean): void => {
    const progress: ScanProgress = {
      scanned: total === null ? scanned : Math.min(scanned, total),
      total,
      found: found.size,
      keys: fresh,
      isDone,
      isCut,
    };
    stream.send("progress", progress);
    fresh = [];
  };
  for (let step = 1; stream.isOpen; step++) {
    const from: string | null = cursor;
    const answer: ScanStep = await cache.ask("read", [prefix], () =>
      inspector.scan(from, prefix, keysPerStep),
    );
    scanned += keysPerStep;
    for (const key of answer.keys) {
      // Other names that zcache stores end with ~.
      if (found.has(key) || key.endsWith("~")) continue;
      text += key.length;
      isCut = found.size >= mostKeys || text > mostText;
      if (isCut) break;
      found.add(key);
      fresh.push(key);
    }
    cursor = answer.cursor;
    if (cursor === null || isCut) break;
    if (step % stepsPerMessage === 0) sendProgress(false);
    await stream.drained();
  }
  sendProgress(true);
}
