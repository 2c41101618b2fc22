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

/** Shows as a warning what nobody else would hear of. */
export function warnOf(thrown: unknown, type: string): void {
  process.emitWarning(isReadable(thrown) ? thrown : messageOf(thrown), type);
}

/** Node reads it in a tick of its own, where a getter that throws would end the process. */
function isReadable(thrown: unknown): thrown is Error {
  try {
    return thrown instanceof Error && typeof thrown.message === "string" && typeof thrown.stack === "string";
  } catch {
    return false;
  }
}
