/**
 * What may be thrown is anything: an object without a prototype, a proxy whose traps throw, an error whose message is a
 * getter. It is told of in events and messages, and reading it there must not throw once more.
 */
const noText = "something that has no text";

/** Of an error its message, of anything else its text. */
export function messageOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return noText;
  }
}

/** What was thrown where it is an error, else an error that has it as its cause. */
export function asError(thrown: unknown): Error {
  try {
    if (thrown instanceof Error) return thrown;
  } catch {
    // A proxy that doesn't tell what it is.
  }
  return new Error(messageOf(thrown), { cause: thrown });
}

/** Shows as a warning what nobody else would hear of. Never throws. */
export function warnOf(thrown: unknown, type: string): void {
  try {
    process.emitWarning(isReadable(thrown) ? thrown : messageOf(thrown), type);
  } catch {
    // The program has put something else in the place of `emitWarning`, and nobody is left to tell.
  }
}

/** Node reads it in a tick of its own, where a getter that throws would end the process. */
function isReadable(thrown: unknown): thrown is Error {
  try {
    if (!(thrown instanceof Error)) return false;
    const { name, message, stack, code, detail } = thrown as NodeJS.ErrnoException & { readonly detail?: unknown };
    const isText = (one: unknown): boolean => typeof one === "string";
    const isTextOrNothing = (one: unknown): boolean => one === undefined || isText(one);
    return [name, message, stack, String(thrown)].every(isText) && [code, detail].every(isTextOrNothing);
  } catch {
    return false;
  }
}

/**
 * Of a function of the user's that is to answer at once: whether it has returned a promise instead. Nobody waits for that,
 * and when it rejects it must not end the process.
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

/** Calls a listener of the user's. Its mistake, or its rejection where it is async, must neither break anything nor pass unseen. */
export function tellListener(listen: () => unknown): void {
  const warn = (thrown: unknown): void => warnOf(thrown, "ZcacheListenerWarning");
  try {
    disown(listen(), warn);
  } catch (error) {
    warn(error);
  }
}
