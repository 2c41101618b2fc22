import { type DiskState, isCurrent } from "./disk-state";
import { KeptFiles } from "./kept-files";

interface Kept<Answer> {
  readonly answer: Answer;
  readonly state: DiskState;
}

/**
 * Keeps answers on disk. As long as nothing that an answer depends on has changed, it doesn't have
 * to be found again.
 */
export class KeptAnswers<Answer> {
  constructor(private readonly files: KeptFiles) {}

  static above<Answer>(directory: string, kind: string): KeptAnswers<Answer> | null {
    const files = KeptFiles.above(directory, kind);
    return files && new KeptAnswers<Answer>(files);
  }

  find(question: string): Answer | null {
    const text = this.files.find(question, []);
    if (text === null) return null;
    const { answer, state } = JSON.parse(text) as Kept<Answer>;
    return isCurrent(state) ? answer : null;
  }

  /** @param state null if something changed while the answer was made, so that it can't be kept */
  keep(question: string, answer: Answer, state: DiskState | null): void {
    if (state)
      this.files.keep(question, [], JSON.stringify({ answer, state } satisfies Kept<Answer>));
  }
}
