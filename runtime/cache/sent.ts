/**
 * A command whose answer is not waited for to the end. A store that stood still carries it out when it goes on, and
 * what it takes then (leases) has to be given up behind it.
 */
export class Sent {
  #answer: Promise<unknown> | null = null;

  note<T>(answer: Promise<T>): Promise<T> {
    this.#answer = answer;
    return answer;
  }

  /**
   * Undoes what the command does, if it was sent: at once, since a connection carries out one command after the other, and
   * once more when a late answer comes, since a client may have sent it again on another connection.
   */
  undo(undo: () => Promise<void>): void {
    const answer = this.#answer;
    if (!answer) return;
    let answered = false;
    const mark = (): void => void (answered = true);
    answer.then(mark, mark);
    void undo().then(() => {
      if (!answered) answer.then(undo, undo).catch(() => {});
    });
  }
}
