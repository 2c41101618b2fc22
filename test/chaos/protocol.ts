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

/** Ways to do it wrong, for the checker to find: see `worker/mutations.ts`. */
export type Mutation = "blind write" | "late versions" | "early acknowledgement" | "wrong context";

export interface WorkerConfig {
  readonly worker: number;
  readonly seed: number;
  readonly connection: Connection;
  /** A memory tier in front, with this `maxLag`; null: none. */
  readonly maxLag: string | null;
  readonly mutation: Mutation | null;
  readonly clockOffsetMs: number;
  readonly deadlineMs: number;
  readonly leaseMs: number;
  readonly breakerMs: number;
  /** How many calls go on at once. */
  readonly callers: number;
  /** The database's cells, from 0. */
  readonly cells: number;
  readonly pauseMs: readonly [from: number, to: number];
  readonly loaderMs: readonly [from: number, to: number];
  /** Of the calls, those that change something. */
  readonly writeShare: number;
  /** Of the invalidations, those that wait for a replica. */
  readonly replicatedShare: number;
  readonly paddingBytes: number;
  /** A hit of one of these tells that Redis is back; null: any hit. */
  readonly probeKeys: readonly string[] | null;
}

export type ToWorker =
  | { readonly type: "start"; readonly config: WorkerConfig }
  | { readonly type: "answer"; readonly id: number; readonly versions: readonly number[] }
  /** Many callers of one key, all at this time. */
  | { readonly type: "herd"; readonly cell: number; readonly callers: number; readonly at: number }
  | { readonly type: "stop" };

export type FromWorker =
  | { readonly type: "ready" }
  /** A loader's question. */
  | {
      readonly type: "load";
      readonly id: number;
      readonly surface: string;
      readonly cells: readonly number[];
    }
  /** Changes cells in the database, and is told their new versions. */
  | { readonly type: "change"; readonly id: number; readonly cells: readonly number[] }
  | { readonly type: "flush"; readonly report: Report }
  | { readonly type: "herd"; readonly versions: readonly number[]; readonly worstMs: number }
  | { readonly type: "trouble"; readonly text: string }
  | { readonly type: "stopped" };

/** What happened since the last one. */
export interface Report {
  readonly reads: readonly Read[];
  readonly writes: readonly Write[];
  /** Invalidations that rejected: nothing was promised. */
  readonly refused: number;
  /** Calls that rejected, which none may. */
  readonly errors: readonly string[];
  /** These loaders ran as somebody that had not asked for what they load. */
  readonly strangers: readonly string[];
  readonly hits: number;
  /** When the first hit of these was, among the probe keys; and the last. */
  readonly hitTimes: readonly number[];
  readonly faults: number;
  readonly drops: number;
  readonly heapBytes: number;
  /** The longest time for which the event loop stood still, which no deadline can help. */
  readonly stallMs: number;
}
