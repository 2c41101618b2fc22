import type { Backend } from "../../runtime/backends/backend";
import type { MemoryBackend } from "../../runtime/backends/memory-backend";
import type { FakeClock } from "../../runtime/testing/fake-clock";

interface Waiting {
  readonly what: string;
  readonly goOn: () => void;
}

/**
 * Chooses which of the waiting operations continues next: at random, but the same for the same
 * seed.
 */
export class Schedule {
  readonly #waiting: Waiting[] = [];
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** This says what the operations that wait for their turn are about. */
  get waiting(): readonly string[] {
    return this.#waiting.map(({ what }) => what);
  }

  /** Resolves when it is this caller's turn. */
  point(what = ""): Promise<void> {
    return new Promise((goOn) => this.#waiting.push({ what, goOn }));
  }

  /**
   * Lets them continue, mostly one in a tick: those that share a tick also share a read. Time
   * passes only when nothing else can continue.
   */
  async run(done: () => boolean, clock: FakeClock): Promise<void> {
    for (let steps = 0; !done(); steps++) {
      if (steps > 10_000) throw new Error("It does not come to an end.");
      await endOfTick();
      if (this.#waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
      const { length } = this.#waiting;
      if (length === 0 && !done()) await clock.advance(5);
      for (let left = Math.min(length, this.pick(3) === 0 ? 1 + this.pick(4) : 1); left > 0; left--)
        this.#waiting.splice(this.pick(this.#waiting.length), 1)[0]?.goOn();
    }
  }

  /** Returns a number from 0 to `count` - 1 (mulberry32). */
  pick(count: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let x = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) % count;
  }
}

/**
 * Resolves when all promise jobs are done. While an AsyncLocalStorage is in use, each `await`
 * instead of it would be measurable.
 */
function endOfTick(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

/** Makes a backend on a network: each request takes its time, and so does each answer. */
export function delayed(inner: MemoryBackend, schedule: Schedule): Backend {
  const slowly = async <T>(what: string, start: () => Promise<T>): Promise<T> => {
    await schedule.point(what);
    const answer = await start();
    await schedule.point(what);
    return answer;
  };
  return {
    name: inner.name,
    remote: false,
    read: (keys) => slowly("read", () => inner.read(keys)),
    readAndLease: (keys, request) =>
      slowly("readAndLease", () => inner.readAndLease(keys, request)),
    acquire: (requests) => slowly("acquire", () => inner.acquire(requests)),
    renew: (requests) => slowly("renew", () => inner.renew(requests)),
    write: (requests) => slowly("write", () => inner.write(requests)),
    release: (requests) => slowly("release", () => inner.release(requests)),
    delete: (keys) => slowly("delete", () => inner.delete(keys)),
    holdKeys: (requests) => slowly("holdKeys", () => inner.holdKeys(requests)),
    endHolds: (requests) => slowly("endHolds", () => inner.endHolds(requests)),
    time: () => slowly("time", () => inner.time()),
    ensureVersions: (requests) => slowly("ensureVersions", () => inner.ensureVersions(requests)),
  };
}
