import { getHeapStatistics } from "node:v8";

/** These are the limits of a case, and the heap of the process in which the cases run. */
export interface Limits {
  /** This is processor time, because other processes may be at work at the same time. */
  readonly mostMs: number;
  /** Reading may allocate this much for each of its bytes, and `mostBytesBesides` in addition. */
  readonly mostBytesEach: number;
  readonly mostBytesBesides: number;
  readonly heapMegabytes: number;
}

export const limits: Readonly<Record<Part, Limits>> = {
  bytes: { mostMs: 50, mostBytesEach: 600, mostBytesBesides: 262_144, heapMegabytes: 64 },
  // The compiler reads a program in each case, which takes nearly all of the time.
  commands: { mostMs: 2_000, mostBytesEach: 0, mostBytesBesides: 1e12, heapMegabytes: 320 },
};

/** The subjects are bytes that are read, and commands of the command line. */
export type Part = "bytes" | "commands";

/** A command takes as long as many cases of bytes. */
const casesForACommand = 200;

export function partOf(number: number): Part {
  return number % casesForACommand === 0 ? "commands" : "bytes";
}

export interface Cost {
  readonly ms: number;
  /**
   * The number of bytes that were allocated. It is null if memory was collected meanwhile, because
   * the number is then unknown.
   */
  readonly allocated: number | null;
}

/**
 * Asking for the processor time takes longer than most cases. Without `inDetail`, the elapsed time
 * is used instead, which is never less.
 */
export function startMeasure(inDetail: boolean): () => Cost {
  const before = allocated();
  const cpu = inDetail ? process.cpuUsage() : null;
  const start = performance.now();
  return () => {
    const passed = performance.now() - start;
    const used = cpu && process.cpuUsage(cpu);
    const bytes = allocated() - before;
    return {
      ms: used ? (used.user + used.system) / 1000 : passed,
      allocated: bytes < 0 ? null : bytes,
    };
  };
}

export function isWithin({ ms, allocated }: Cost, length: number, most: Limits): boolean {
  const { mostMs, mostBytesEach, mostBytesBesides } = most;
  return ms <= mostMs && (allocated ?? 0) <= mostBytesBesides + mostBytesEach * length;
}

function allocated(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}
