import { type ChildProcess } from "node:child_process";
import { diagnosticsIn, start } from "./run";

/**
 * `tspc -w`, driven by what it prints: it says "Found 2 errors. Watching for file changes." when it
 * has caught up.
 */
export class Watch {
  readonly #child: ChildProcess;
  readonly #closed: Promise<void>;
  #output = "";
  #wake = (): void => {};

  constructor(args: readonly string[], cwd: string) {
    this.#child = start(args, cwd);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on("data", (chunk) => {
        this.#output += String(chunk);
        this.#wake();
      });
    }
    this.#closed = new Promise((resolve) => this.#child.once("close", () => resolve()));
    void this.#closed.then(() => this.#wake());
  }

  /** Returns the diagnostics of the next compilation that has not been asked for yet. */
  async next(): Promise<string[]> {
    const done = /Found \d+ errors?\. Watching for file changes\./;
    for (;;) {
      const found = done.exec(this.#output);
      if (found) {
        const part = this.#output.slice(0, found.index);
        this.#output = this.#output.slice(found.index + found[0].length);
        return diagnosticsIn(part);
      }
      if (this.#child.exitCode !== null || this.#child.signalCode !== null)
        throw new Error(`The watch has ended:\n${this.#output}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async end(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#closed;
  }
}
