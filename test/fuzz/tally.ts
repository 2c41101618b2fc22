/** To write down where the process is takes as long as a case. */
export const casesBetweenNotes = 20;

/** What became of a subject's cases. */
export interface SubjectTally {
  cases: number;
  values: number;
  slowestMs: number;
  /** Allocated for each byte, beyond what is allowed besides. */
  mostBytesEach: number;
}

export interface Failure {
  readonly number: number;
  readonly name: string;
  readonly problem: string;
  /** It took too much time or memory, which may be due to something else in its process. */
  readonly isCost?: boolean;
  /** The beginning of them, a character for each. */
  readonly bytes: string;
}

/** What a child process prints at its end. */
export interface Line {
  readonly tallies: readonly (readonly [name: string, tally: SubjectTally])[];
  readonly failures: readonly Failure[];
}
