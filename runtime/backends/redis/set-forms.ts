import { isServerError, startSafely } from "../backend-failure";

/**
 * The forms of SET that not every server has.
 *
 * | form                          | Redis | Valkey | without it                        |
 * | ----------------------------- | ----- | ------ | --------------------------------- |
 * | `NX GET`: reads, or takes     | 7.0   | 7.2    | GET, and a SET of its own         |
 * | `IFEQ`: writes over the lease | 8.4   | 8.1    | a script that compares the tokens |
 *
 * A version number says too little about a server: services leave commands out, proxies know fewer of them, and a user
 * may lack permissions. So the first command of each form is a probe, and only one command probes at a time. A server
 * that refuses the form is not asked again until the client reconnects, perhaps to another server. A form that was
 * carried out before may still be refused, for example after a failover to an older server, or by another node of a
 * Cluster: so each command comes with an alternative.
 */
export class SetForms {
  readonly readOrLease = new SetForm();
  readonly replaceLease = new SetForm();

  /** The client has a new connection. */
  askAgain(): void {
    for (const form of [this.readOrLease, this.replaceLease]) form.askAgain();
  }

  /** The server has carried out a SET that every server knows. */
  noteWritable(): void {
    for (const form of [this.readOrLease, this.replaceLease]) form.noteWritable();
  }
}

class SetForm {
  #state: "unknown" | "asking" | "known" | "refused" = "unknown";
  /** The server refuses all writes, because it is full or a replica. That can end without a new connection. */
  #takesNoWrites = false;

  /**
   * Sends a command of this form. If the server is known to refuse the form, or refuses it now, the alternative is
   * used.
   */
  attempt<Result>(
    send: () => Promise<unknown>,
    parse: (reply: unknown) => Result | Promise<Result>,
    otherwise: () => Promise<Result>,
  ): Promise<Result> {
    if (this.#takesNoWrites || this.#state === "asking" || this.#state === "refused") return otherwise();
    if (this.#state === "unknown") this.#state = "asking";
    return startSafely(send).then(
      (reply) => {
        this.#state = "known";
        return parse(reply);
      },
      (error: unknown) => {
        const isRefused = this.#noteFailure(error);
        if (isRefused) return otherwise();
        throw error;
      },
    );
  }

  askAgain(): void {
    this.#takesNoWrites = false;
    if (this.#state === "refused") this.#state = "unknown";
  }

  noteWritable(): void {
    this.#takesNoWrites = false;
  }

  /** Returns whether the alternative can be used. */
  #noteFailure(error: unknown): boolean {
    const isAnswer = isServerError(error);
    if (isAnswer && /^(ERR|NOPERM)\b/.test(error.message)) {
      this.#state = "refused";
      return true;
    }
    if (this.#state === "asking") this.#state = "unknown";
    if (!isAnswer || !/^(OOM|READONLY|NOREPLICAS|MISCONF)\b/.test(error.message)) return false;
    this.#takesNoWrites = true;
    return true;
  }
}
