import type { Allowances } from "./checker";
import type { Fleet } from "./fleet";
import type { Connection, WorkerConfig } from "./protocol";
import type { Random } from "./random";

/** What was done to the system, and when it was over. */
export interface Fault {
  /** From then on the system should be on its way back. */
  readonly endedAt: number;
  /** This is set if Redis itself may lose what it has acknowledged. */
  readonly lost?: Allowances["lost"];
}

/** A scenario under way: its servers run, and the fault can be caused. */
export interface Stage {
  connection(worker: number): Connection;
  /** A hit of one of these keys shows that what was broken is back. @defaultValue all */
  readonly probeKeys?: readonly string[];
  /** One fault, from its beginning to its end. */
  injure?(random: Random, fleet: Fleet): Promise<Fault>;
  /** Says what must have happened for the run to mean something, and hasn't. */
  check?(): Promise<string | null>;
  stop(): Promise<void>;
}

export interface Scenario {
  readonly name: string;
  /** One line for people. */
  readonly what: string;
  readonly start: () => Promise<Stage>;
  /** Whether the fault can be caused only once. Servers are then started anew. */
  readonly once?: boolean;
  /** The settings that its client processes have and others don't. */
  readonly config?: (worker: number) => Partial<WorkerConfig>;
  readonly lagMs?: Allowances["lagMs"];
}
