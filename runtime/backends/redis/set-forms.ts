import { isServerError, startSafely } from "../backend-failure";

/**
 * The forms of SET that not every server has.
 *
 * | form                          | Redis | Valkey | without it                        |
 * | ----------------------------- | ----- | ------ | --------------------------------- |
 * | `NX GET`: reads, or takes     | 7.0   | 7.2    | GET, and a SET of its own         |
 * | `IFEQ`: writes over the lease | 8.4   | 8.1    | a script that compares the tokens |
 */
export type Form = "readOrLease" | "replaceLease";

/**
 * Knows which node carries out which form.
 *
 * A version number says too little about a server: services leave commands out, proxies know fewer
 * of them, and a user may lack permissions. So the first command of each form is a probe, and only
 * one command at a time probes a node. A node that refuses the form is not asked again until the
 * client reconnects, perhaps to another server. A form that was carried out before may still be
 * refused, for example after a failover to an older server: so each command comes with an
 * alternative.
 */
export class SetForms {
  readonly #nodeOf: (key: string) => string;
  readonly #nodes = new Map<string, Record<Form, SetForm>>();

  /** @param nodeOf names the node that a command about the key is sent to now */
  constructor(nodeOf: (key: string) => string) {
    this.#nodeOf = nodeOf;
  }

  /**
   * Sends a command of this form. If the node is known to refuse the form, or refuses it now, the
   * alternative is used.
   */
  attempt<Result>(
    name: Form,
    key: string,
    send: () => Promise<unknown>,
    parse: (reply: unknown) => Result | Promise<Result>,
    otherwise: () => Promise<Result>,
  ): Promise<Result> {
    const form = this.#at(key)[name];
    if (!form.isUsable) return otherwise();
    const isQuestion = form.ask();
    return startSafely(send).then(
      (reply) => {
        if (isQuestion) this.#answerOf(form, name, key).recordCarriedOut();
        return parse(reply);
      },
      (error: unknown) => {
        if (this.#answerOf(form, name, key).recordFailure(error)) return otherwise();
        throw error;
      },
    );
  }

  /** Whether the node of the key is known not to have the form. */
  isRefused(name: Form, key: string): boolean {
    return this.#at(key)[name].isRefused;
  }

  /** The client has a new connection. */
  askAgain(): void {
    this.#nodes.clear();
  }

  /** The node of the key has carried out a SET that every server knows. */
  recordWritable(key: string): void {
    const { readOrLease, replaceLease } = this.#at(key);
    readOrLease.recordWritable();
    replaceLease.recordWritable();
  }

  #at(key: string): Record<Form, SetForm> {
    const node = this.#nodeOf(key);
    let forms = this.#nodes.get(node);
    if (!forms)
      this.#nodes.set(node, (forms = { readOrLease: new SetForm(), replaceLease: new SetForm() }));
    return forms;
  }

  /**
   * Returns the form at the node that has answered: the client may have been told that the key is
   * at another one.
   */
  #answerOf(asked: SetForm, name: Form, key: string): SetForm {
    const answering = this.#at(key)[name];
    if (answering !== asked) asked.leaveOpen();
    return answering;
  }
}

/** What is known of one form at one node. */
class SetForm {
  #state: "unknown" | "asking" | "known" | "refused" = "unknown";
  /**
   * The node refuses whatever writes: it is full, or a replica. That ends without a new connection.
   */
  #takesNoWrites = false;

  get isUsable(): boolean {
    return !this.#takesNoWrites && this.#state !== "asking" && this.#state !== "refused";
  }

  get isRefused(): boolean {
    return this.#state === "refused";
  }

  /** Returns whether the command that is sent now is the first of its form. */
  ask(): boolean {
    if (this.#state !== "unknown") return false;
    this.#state = "asking";
    return true;
  }

  recordCarriedOut(): void {
    this.#state = "known";
  }

  recordWritable(): void {
    this.#takesNoWrites = false;
  }

  /** Returns whether the alternative can be used. */
  recordFailure(error: unknown): boolean {
    const isAnswer = isServerError(error);
    if (isAnswer && /^(ERR|NOPERM)\b/.test(error.message)) {
      this.#state = "refused";
      return true;
    }
    this.leaveOpen();
    if (!isAnswer || !/^(OOM|READONLY|NOREPLICAS|MISCONF)\b/.test(error.message)) return false;
    this.#takesNoWrites = true;
    return true;
  }

  /** The question was not answered by this node. */
  leaveOpen(): void {
    if (this.#state === "asking") this.#state = "unknown";
  }
}
