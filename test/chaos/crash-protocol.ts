/** The messages between the coordinator of `crashes.ts` and its client processes. */

/** Each mutant leaves out one rule of transactions. */
export type CrashMutation =
  "no hold" | "released before the commit" | "holds not counted" | "invalidated before the commit";

export interface CrashConfig {
  readonly seed: number;
  readonly redisPort: number;
  readonly connectionString: string;
  readonly leaseMs: number;
  readonly cells: number;
  readonly callers: number;
  readonly writes: boolean;
  readonly mutation: CrashMutation | null;
}

export type ToWriter =
  { readonly type: "start"; readonly config: CrashConfig } | { readonly type: "go on" };

export type FromWriter =
  | { readonly type: "read"; readonly id: number; readonly beganAt: number; readonly n: number }
  /** The process waits for an answer. */
  | { readonly type: "committed"; readonly id: number; readonly n: number }
  /** The entries of the rows that it has committed are invalidated. */
  | { readonly type: "acknowledged"; readonly id: number; readonly n: number }
  | { readonly type: "trouble"; readonly text: string };
