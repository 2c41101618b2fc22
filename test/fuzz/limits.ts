import { getHeapStatistics } from "node:v8";

/** What a case may take, and of the process in which the cases run, its heap. */
export interface Limits {
  /** In the processor's time: other processes may be at work beside it. */
  readonly mostMs: number;
  /** Reading may allocate this for each of its bytes, and `mostBytesBesides` in addition. */
  readonly mostBytesEach: number;
  readonly mostBytesBesides: number;
  readonly heapMegabytes: number;
}

export const limits: Readonly<Record<Part, Limits>> = {
  bytes: { mostMs: 50, mostBytesEach: 600, mostBytesBesides: 262_144, heapMegabytes: 64 },
  // The compiler reads a program in each case, which is nearly all of what they take.
  commands: { mostMs: 2_000, mostBytesEach: 0, mostBytesBesides: 1e12, heapMegabytes: 320 },
};

/** Bytes that are read, and commands of the command line. */
export type Part = "bytes" | "commands";

/** A command takes as long as many cases of bytes. */
const casesForACommand = 200;

export function partOf(number: number): Part {
  return number % casesForACommand === 0 ? "commands" : "bytes";
}

export interface Cost {
  readonly ms: number;
  /** Allocated. Null where memory was collected meanwhile, so that nobody can tell. */
  readonly allocated: number | null;
}

/**
 * To ask for the processor's time takes longer than most cases. Without `inDetail` the time that
 * has passed is taken for it, which is no less.
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
