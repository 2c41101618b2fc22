/**
 * Whether a transaction that failed with this error may have committed, because the connection was
 * lost while a COMMIT may have been under way. Some databases and clients report that by a code,
 * and others only in words.
 */
export function mayHaveCommitted(error: unknown): boolean {
  const seen = new Set<unknown>([error]);
  // Iterating over a set includes what is added meanwhile.
  for (const one of seen) {
    if (typeof one !== "object" || one === null) continue;
    const { code, message, cause, errors, driverError, originalError } = one as Record<
      string,
      unknown
    >;
    if (typeof code === "string" && lostCode.test(code)) return true;
    if (typeof message === "string" && lostMessage.test(message)) return true;
    for (const inner of [
      cause,
      driverError,
      originalError,
      ...(Array.isArray(errors) ? (errors as unknown[]) : []),
    ])
      seen.add(inner);
  }
  return false;
}

/**
 * The codes of Node's sockets, of the SQLSTATE classes 08, 57P and 40003, of mysql, and of Prisma.
 */
const lostCode =
  /^(?:ECONN\w+|EPIPE|ETIMEDOUT|ENETRESET|ENETDOWN|EHOSTDOWN|EHOSTUNREACH|ERR_STREAM_DESTROYED|08\w{3}|57P0[1-5]|40003|PROTOCOL_\w+|P10(?:01|02|08|17)|P2028)$/;
const lostMessage =
  /connection (?:\w+ )?(?:terminated|closed|lost|ended|reset|timed? ?out)|terminated unexpectedly|closed the connection|socket hang up|client was closed|not queryable/i;
