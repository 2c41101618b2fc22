import { getHeapStatistics } from "node:v8";

/** For a case, in the processor's time: other processes may be at work beside it. */
export const mostMs = 50;
/** What reading may allocate, for each of its bytes and besides. */
export const mostBytesEach = 400;
export const mostBytesBesides = 262_144;
/** Of the process in which all cases run. */
export const heapMegabytes = 64;

export interface Cost {
  readonly ms: number;
  /** Allocated. Null where memory was collected meanwhile, so that nobody can tell. */
  readonly allocated: number | null;
}

/**
 * To ask for the processor's time takes longer than most cases. Without `inDetail` the time that has passed is taken for
 * it, which is no less.
 */
export function startMeasure(inDetail: boolean): () => Cost {
  const before = allocated();
  const cpu = inDetail ? process.cpuUsage() : null;
  const start = performance.now();
  return () => {
    const passed = performance.now() - start;
    const used = cpu && process.cpuUsage(cpu);
    const bytes = allocated() - before;
    return { ms: used ? (used.user + used.system) / 1000 : passed, allocated: bytes < 0 ? null : bytes };
  };
}

export function isWithin({ ms, allocated }: Cost, length: number): boolean {
  return ms <= mostMs && (allocated ?? 0) <= mostBytesBesides + mostBytesEach * length;
}

function allocated(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}
