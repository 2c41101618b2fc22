/** A problem in a file, with its place in the text: `start` and `end` count UTF-16 units. */
export interface TextProblem {
  readonly code: number;
  readonly message: string;
  readonly start: number;
  readonly end: number;
}
