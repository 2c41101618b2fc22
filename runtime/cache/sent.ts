/**
 * A command whose answer is not awaited to the end. A store that was suspended carries it out when
 * it continues, and the leases that it takes then have to be given up after it.
 */
export class Sent {
  #answer: Promise<unknown> | null = null;

  watch<T>(answer: Promise<T>): Promise<T> {
    this.#answer = answer;
    return answer;
  }

  /**
   * Undoes the command's effect if it was sent: at once, because a connection carries out one
   * command after the other, and once more when a late answer arrives, because a client may have
   * sent it again on another connection, or a second command after the first one was answered. How
   * the first undoing ended says nothing about that: its answer may arrive together with the late
   * one.
   */
  undo(undo: () => Promise<void>): void {
    const answer = this.#answer;
    if (!answer) return;
    let isLate = false;
    const undoAgain = (): Promise<void> | null => (isLate ? undo() : null);
    // If the command is answered already, this is called before the next promise job.
    answer.then(undoAgain, undoAgain).catch(() => {});
    void Promise.resolve().then(() => (isLate = true));
    void undo();
  }
}
