import type { Allowances } from "./checker";
import type { Fleet } from "./fleet";
import type { Connection, WorkerConfig } from "./protocol";
import type { Random } from "./random";

/** What was done to the system, and when it was over. */
export interface Fault {
  /** From then on the system should be on its way back. */
  readonly endedAt: number;
  /** Set where Redis itself may lose what it has acknowledged. */
  readonly lost?: Allowances["lost"];
}

/** A scenario under way: servers that run, and the fault that can be done to them. */
export interface Stage {
  connection(worker: number): Connection;
  /** Keys of which a hit tells that what was broken is back. @defaultValue all */
  readonly probeKeys?: readonly string[];
  /** One fault, from its beginning to its end. */
  injure?(random: Random, fleet: Fleet): Promise<Fault>;
  /** Anything that must have happened for the run to mean something; what hasn't is told. */
  check?(): Promise<string | null>;
  stop(): Promise<void>;
}

export interface Scenario {
  readonly name: string;
  /** One line for people. */
  readonly what: string;
  readonly start: () => Promise<Stage>;
  /** The fault can be done once; then servers are started anew. */
  readonly once?: boolean;
  /** What its client processes have that others don't. */
  readonly config?: (worker: number) => Partial<WorkerConfig>;
  readonly lagMs?: Allowances["lagMs"];
}
