import { type Backend } from "./backend";
import { BackendError, type ErrorCause } from "../errors";
import { asError, messageOf } from "../user-code/thrown";

/** The tasks of a backend. `readAndLease` is reported as a read. */
export type AskedOfBackend = Exclude<
  keyof Backend,
  | "name"
  | "remote"
  | "peek"
  | "setMemo"
  | "readAndLease"
  | "keysPerRead"
  | "cork"
  | "inspector"
  | "close"
>;

/** The tasks in the words of messages. */
const tasks = {
  read: "read",
  acquire: "take the lease on",
  renew: "renew the lease on",
  write: "store",
  release: "give up the lease on",
  delete: "invalidate",
  ensureVersions: "create the version of",
  holdKeys: "hold",
  endHolds: "end the hold on",
  time: "ask for the time at",
  // A tag is also deleted, but messages name it as the user wrote it.
  invalidateTag: "invalidate the tag",
} as const satisfies Record<AskedOfBackend | "invalidateTag", string>;

export type BackendTask = keyof typeof tasks;

/** @param why a whole sentence */
export function createBackendError(
  task: BackendTask,
  keys: readonly string[],
  why: string,
  options?: ErrorCause,
): BackendError {
  return new BackendError(task, keys, `Could not ${describeTask(task, keys)}: ${why}`, options);
}

/** Creates the error of a store that was asked and has rejected. */
export function createFailure(
  store: string,
  task: BackendTask,
  keys: readonly string[],
  cause: unknown,
): BackendError {
  return createBackendError(task, keys, `${store} failed: ${describeCause(cause)}`, { cause });
}

/**
 * Calls `start`. If it throws, it has failed like one that rejects; a user's own backend may also
 * answer without a promise.
 */
export function startSafely<T>(start: () => Promise<T>): Promise<T> {
  try {
    return Promise.resolve(start());
  } catch (error) {
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- what was thrown is what is passed on
    return Promise.reject(error);
  }
}

const namedKeys = 3;

/** Describes a task: `invalidate "user:42"`, `read "a", "b", "c" and 5 more`. */
function describeTask(task: BackendTask, keys: readonly string[]): string {
  const named = keys.slice(0, namedKeys).map((key) => `"${key}"`);
  const more = keys.length > namedKeys ? ` and ${keys.length - namedKeys} more` : "";
  return `${tasks[task]} ${named.join(", ")}${more}`;
}

/**
 * Describes a cause in a whole sentence. A refused connection is an `AggregateError` without a
 * message.
 */
function describeCause(cause: unknown): string {
  const { code } = asError(cause) as NodeJS.ErrnoException;
  return `${(messageOf(cause) || code || "unknown error").replace(/\.$/, "")}.`;
}

/**
 * Whether the server itself has answered with an error. ioredis gives such an error a name; in
 * node-redis only its class has one, which minifying takes away, so the error is recognised by the
 * code in capitals that the server's text begins with.
 */
export function isServerError(cause: unknown): cause is Error {
  if (!(cause instanceof Error)) return false;
  return (
    cause.name === "ReplyError" ||
    (cause.name === "Error" && /^[A-Z]{2,}[A-Z0-9]* /.test(cause.message))
  );
}

/**
 * Whether Redis refuses a command and will refuse it again: an ACL forbids it, or the server or a
 * proxy doesn't know it. Of a command within a script, each version says that in its own words.
 */
export function isRefusal(cause: unknown): cause is Error {
  if (!isServerError(cause)) return false;
  const { message } = cause;
  return (
    /^(NOPERM|ERR (unknown|wrong number|syntax))\b/i.test(message) ||
    /ACL failure in script|user executing the script can't|NOPERM|Unknown \w+ command called/i.test(
      message,
    )
  );
}
