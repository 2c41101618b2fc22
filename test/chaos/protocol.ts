import type { Read, Write } from "./history";

/** How a client process reaches Redis. */
export type Connection =
  | {
      readonly kind: "standalone";
      readonly port: number;
      readonly username?: string;
      readonly password?: string;
    }
  | {
      readonly kind: "sentinel";
      readonly ports: readonly number[];
      readonly name: string;
      /** The client listens to the Sentinels, and leaves a master that one of them has replaced. */
      readonly failoverDetector?: boolean;
    }
  | { readonly kind: "cluster"; readonly ports: readonly number[] };

/** Mistakes that the checker has to find. See `worker/mutations.ts`. */
export type Mutation = "blind write" | "late versions" | "early acknowledgement" | "wrong context";

export interface WorkerConfig {
  readonly worker: number;
  readonly seed: number;
  readonly connection: Connection;
  /** The `maxLag` of the memory tier in front, or null if there is none. */
  readonly maxLag: string | null;
  readonly mutation: Mutation | null;
  readonly clockOffsetMs: number;
  readonly deadlineMs: number;
  readonly leaseMs: number;
  readonly breakerMs: number;
  /** The number of calls that are under way at once. */
  readonly callers: number;
  /** The number of the database's cells, which are counted from 0. */
  readonly cells: number;
  readonly pauseMs: readonly [from: number, to: number];
  readonly loaderMs: readonly [from: number, to: number];
  /** The share of the calls that change something. */
  readonly writeShare: number;
  /** The share of the invalidations that wait for a replica. */
  readonly replicatedShare: number;
  readonly paddingBytes: number;
  /** A hit of one of these keys shows that Redis is back. Null means any hit. */
  readonly probeKeys: readonly string[] | null;
}

export type ToWorker =
  | { readonly type: "start"; readonly config: WorkerConfig }
  | { readonly type: "answer"; readonly id: number; readonly versions: readonly number[] }
  /** Makes many calls of one key, all at this time. */
  | { readonly type: "herd"; readonly cell: number; readonly callers: number; readonly at: number }
  | { readonly type: "stop" };

export type FromWorker =
  | { readonly type: "ready" }
  /** A loader asks for cells. */
  | {
      readonly type: "load";
      readonly id: number;
      readonly surface: string;
      readonly cells: readonly number[];
    }
  /** Changes cells in the database, and receives their new versions. */
  | { readonly type: "change"; readonly id: number; readonly cells: readonly number[] }
  | { readonly type: "flush"; readonly report: Report }
  | { readonly type: "herd"; readonly versions: readonly number[]; readonly worstMs: number }
  | { readonly type: "trouble"; readonly text: string }
  | { readonly type: "stopped" };

/** Reports what happened since the last report. */
export interface Report {
  readonly reads: readonly Read[];
  readonly writes: readonly Write[];
  /** The number of invalidations that rejected, which promise nothing. */
  readonly refused: number;
  /** The calls that rejected, which none may do. */
  readonly errors: readonly string[];
  /** These loaders ran as somebody that had not asked for what they load. */
  readonly strangers: readonly string[];
  readonly hits: number;
  /** The times of the first hit of these, among the probe keys, and of the last. */
  readonly hitTimes: readonly number[];
  readonly faults: number;
  readonly drops: number;
  readonly heapBytes: number;
  /** The longest time for which the event loop stood still, which no deadline can prevent. */
  readonly stallMs: number;
}
