/** As the `ErrorOptions` of lib.es2022, which older programs don't have. */
export interface ErrorCause {
  cause?: unknown;
}

/** Base of every error that zcache makes; `code` is permanent and safe to branch on. */
export class ZcacheError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorCause) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** An argument that can't be part of a key, or a placeholder that can't be read. The call rejects with it. */
export class KeyError extends ZcacheError {
  constructor(message: string, options?: ErrorCause) {
    super("ZCACHE_KEY", message, options);
  }
}

/** An option, a name or a codec that `configure` or an operation can't accept. */
export class ConfigError extends ZcacheError {
  constructor(message: string, options?: ErrorCause) {
    super("ZCACHE_CONFIG", message, options);
  }
}

/** A batch loader that did not return one result for each of its ids. */
export class BatchError extends ZcacheError {
  constructor(message: string) {
    super("ZCACHE_BATCH", message);
  }
}

/** A loader, or another caller's load, that took longer than the function's `timeout`. What comes late is still stored. */
export class LoadTimeoutError extends ZcacheError {
  constructor(name: string, timeoutMs: number) {
    super("ZCACHE_TIMEOUT", `${name} took longer than its timeout of ${timeoutMs} ms.`);
  }
}

/** Nothing of use is stored, and within `withCache({ mode: "only" })` nothing is loaded. */
export class CacheMissError extends ZcacheError {
  readonly keys: readonly string[];

  constructor(name: string, keys: readonly string[]) {
    const what = keys.length === 0 ? "this receiver" : keys.map((key) => `"${key}"`).join(", ");
    super("ZCACHE_MISS", `${name} has nothing stored for ${what}.`);
    this.keys = keys;
  }
}

/** An operation that needs its receiver (`this`) and was called without it. */
export class ReceiverError extends ZcacheError {
  constructor(message: string) {
    super("ZCACHE_RECEIVER", message);
  }
}

/** A value that the function's codec can't encode, or bytes that it can't decode. Seen in events only. */
export class CodecError extends ZcacheError {
  readonly key: string;

  constructor(message: string, key: string, options?: ErrorCause) {
    super("ZCACHE_CODEC", message, options);
    this.key = key;
  }
}

/** The store failed, was too slow, or is held off by the breaker. Reaches callers from invalidations only. */
export class BackendError extends ZcacheError {
  /** What was asked of the store: `read`, `acquire`, `write`, `delete` … */
  readonly operation: string;
  readonly keys: readonly string[];
  /** The error is that of `transactional`, whose transaction HAS committed: don't run it again. */
  readonly committed: boolean;

  constructor(operation: string, keys: readonly string[], message: string, options?: BackendErrorOptions) {
    super("ZCACHE_BACKEND", message, options);
    this.operation = operation;
    this.keys = keys;
    this.committed = options?.committed ?? false;
  }
}

interface BackendErrorOptions extends ErrorCause {
  readonly committed?: boolean;
}
