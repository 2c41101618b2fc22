import { type Values } from "../backend";
import { idLength } from "../../entry/entry";

/**
 * Makes the error for an unexpected reply. Replies are checked before they are believed. The client
 * is the user's: with a transaction open on it (MULTI) the server answers "QUEUED" and carries
 * nothing out yet, and ioredis lets a program put a transformer before the replies of a command.
 * Anything that is not a reply to the command is a failure, and nothing is known of what was done.
 */
function unexpected(command: string, reply: unknown): Error {
  return new Error(
    isQueued(reply)
      ? `${command} was queued by a transaction (MULTI) that is open on the client; give zcache a client of its own`
      : `The reply to ${command} is not one that Redis gives; a reply transformer may have changed it`,
  );
}

const queuedText = "QUEUED";
const queued = Buffer.from(queuedText);

/**
 * Whether the reply is what a server answers to each command while a transaction is open. A value
 * may have the same text.
 */
export function isQueued(reply: unknown): boolean {
  return (
    reply === queuedText ||
    (Buffer.isBuffer(reply) && reply.length === queued.length && reply.equals(queued))
  );
}

function isBytes(reply: unknown): reply is Buffer | null {
  return reply === null || Buffer.isBuffer(reply);
}

/**
 * Checks the reply of GET. A reply that `isQueued` accepts may still be a value; only the reply of
 * MGET, which is a list, shows which it is.
 */
export function asValue(reply: unknown): Values {
  if (isBytes(reply)) return [reply];
  throw unexpected("GET", reply);
}

/** Checks the reply of MGET. */
export function asValues(reply: unknown, count: number): Values {
  if (isListOf(reply, count) && reply.every(isBytes)) return reply;
  throw unexpected("MGET", reply);
}

const ok = Buffer.from("OK");

/** Reads from the reply of SET with a condition whether it was set. */
export function asWasSet(reply: unknown): boolean {
  if (reply === null) return false;
  if (reply === "OK" || (Buffer.isBuffer(reply) && reply.equals(ok))) return true;
  throw unexpected("SET", reply);
}

/** Reads the reply of TIME, in milliseconds. */
export function asTime(reply: unknown): number {
  const [seconds, microseconds] = Array.isArray(reply) ? (reply as unknown[]) : [];
  const ms = Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
  if (Number.isFinite(ms)) return ms;
  throw unexpected("TIME", reply);
}

/** Reads the reply of PTTL: null if there is no such key, Infinity if it has no end. */
export function asTtl(reply: unknown): number | null {
  const ms = Number(reply);
  if (ms === -2) return null;
  if (ms === -1) return Infinity;
  if (Number.isFinite(ms)) return ms;
  throw unexpected("PTTL", reply);
}

/** Reads the reply of SCAN. */
export function asScanned(reply: unknown): {
  readonly cursor: string;
  readonly keys: readonly string[];
} {
  const [cursor, keys] = Array.isArray(reply) ? (reply as unknown[]) : [];
  if (cursor != null && Array.isArray(keys))
    return { cursor: asText(cursor), keys: keys.map(asText) };
  throw unexpected("SCAN", reply);
}

/** Reads text in UTF-8. */
export function asText(reply: unknown): string {
  if (typeof reply === "string" || typeof reply === "number" || Buffer.isBuffer(reply))
    return String(reply);
  throw unexpected("a command", reply);
}

/**
 * Checks the reply of a script, which has one part for each of its keys. With null it may have any
 * number of parts.
 */
export function asReplies(reply: unknown, count: number | null): unknown[] {
  if (isListOf(reply, count)) return reply;
  throw unexpected("a script", reply);
}

/** Whether a reply of a script is 1. With `stringNumbers` it arrives as text. */
export function isOne(reply: unknown): boolean {
  return reply === 1 || reply === "1";
}

/** Reads a reply of a script that is 1 or 0. */
export function asFlag(reply: unknown): boolean {
  if (isOne(reply)) return true;
  if (reply === 0 || reply === "0") return false;
  throw unexpected("a script", reply);
}

/** Reads a reply of a script that is bytes or nothing. */
export function asBytes(reply: unknown): Buffer | null {
  if (isBytes(reply)) return reply;
  throw unexpected("a script", reply);
}

/**
 * Reads a reply of a script that is a version, with as many bytes as an id, or 0 if there can be
 * none.
 */
export function asVersion(reply: unknown): string | null {
  if (reply === 0 || reply === "0") return null;
  if (Buffer.isBuffer(reply) && reply.length === idLength) return reply.toString("latin1");
  throw unexpected("a script", reply);
}

function isListOf(reply: unknown, count: number | null): reply is unknown[] {
  return Array.isArray(reply) && (count === null || reply.length === count);
}
