/**
 * Any value may be thrown: an object without a prototype, a proxy whose traps throw, an error whose
 * message is a getter. It is reported in events and messages, and reading it there must not throw
 * again.
 */
const noText = "something that has no text";

/** Returns the message of an error, or the text of anything else. */
export function messageOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return noText;
  }
}

/** Returns the thrown value if it is an error, or an error that has it as its cause. */
export function asError(thrown: unknown): Error {
  try {
    if (thrown instanceof Error) return thrown;
  } catch {
    // This is a proxy that doesn't reveal what it is.
  }
  return new Error(messageOf(thrown), { cause: thrown });
}

/** Reports as a warning what would otherwise go unnoticed. It never throws. */
export function warnOf(thrown: unknown, type: string): void {
  try {
    process.emitWarning(isReadable(thrown) ? thrown : messageOf(thrown), type);
  } catch {
    // The program has replaced `emitWarning`, so the warning can't be reported.
  }
}

/**
 * Whether the message can be read. Node reads it in a tick of its own, where a getter that throws
 * would end the process.
 */
function isReadable(thrown: unknown): thrown is Error {
  try {
    if (!(thrown instanceof Error)) return false;
    const { name, message, stack, code, detail } = thrown as NodeJS.ErrnoException & {
      readonly detail?: unknown;
    };
    const isText = (one: unknown): boolean => typeof one === "string";
    const isTextOrNothing = (one: unknown): boolean => one === undefined || isText(one);
    return (
      [name, message, stack, String(thrown)].every(isText) && [code, detail].every(isTextOrNothing)
    );
  } catch {
    return false;
  }
}

/**
 * Whether a user's function that has to answer synchronously has returned a promise instead.
 * Nothing waits for the promise, and its rejection must not end the process.
 */
export function disown(answer: unknown, onRejected: (thrown: unknown) => void = () => {}): boolean {
  if (typeof answer !== "object" || answer === null) return false;
  try {
    if (typeof (answer as PromiseLike<unknown>).then !== "function") return false;
    Promise.resolve(answer).then(undefined, onRejected);
    return true;
  } catch {
    return false;
  }
}

/**
 * Calls a user's listener. An exception, or a rejection if it is async, must neither break anything
 * nor go unnoticed.
 */
export function callListener(listen: () => unknown): void {
  const warn = (thrown: unknown): void => warnOf(thrown, "ZcacheListenerWarning");
  try {
    disown(listen(), warn);
  } catch (error) {
    warn(error);
  }
}
