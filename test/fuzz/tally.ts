/** Writing down the progress takes as long as a case. */
export const casesBetweenNotes = 20;

/** The outcomes of a subject's cases. */
export interface SubjectTally {
  cases: number;
  values: number;
  slowestMs: number;
  /** The most bytes that a case allocated for each of its bytes, beyond `mostBytesBesides`. */
  mostBytesEach: number;
}

export interface Failure {
  readonly number: number;
  readonly name: string;
  readonly problem: string;
  /** The case took too much time or memory, possibly because of something else in its process. */
  readonly isCost?: boolean;
  /** The beginning of the bytes, one character for each byte. */
  readonly bytes: string;
}

/** A child process prints this at its end. */
export interface Line {
  readonly tallies: readonly (readonly [name: string, tally: SubjectTally])[];
  readonly failures: readonly Failure[];
}
