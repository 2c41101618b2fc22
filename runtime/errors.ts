/** Equals the `ErrorOptions` of lib.es2022, which older programs don't have. */
export interface ErrorCause {
  cause?: unknown;
}

/** Base of every error that zcache makes. `code` is permanent and safe to branch on. */
export class ZcacheError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorCause) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/**
 * Thrown for an argument that can't be part of a key, or a placeholder that can't be read. The call
 * rejects with it.
 */
export class KeyError extends ZcacheError {
  constructor(message: string, options?: ErrorCause) {
    super("ZCACHE_KEY", message, options);
  }
}

/** Thrown for an option, a name or a codec that `configure` or an operation can't accept. */
export class ConfigError extends ZcacheError {
  constructor(message: string, options?: ErrorCause) {
    super("ZCACHE_CONFIG", message, options);
  }
}

/** Thrown when a batch loader does not return one result for each of its ids. */
export class BatchError extends ZcacheError {
  constructor(message: string) {
    super("ZCACHE_BATCH", message);
  }
}

/**
 * Thrown when a loader, or another caller's load, takes longer than the function's `timeout`. A
 * late value is still stored.
 */
export class LoadTimeoutError extends ZcacheError {
  constructor(name: string, timeoutMs: number) {
    super("ZCACHE_TIMEOUT", `${name} took longer than its timeout of ${timeoutMs} ms.`);
  }
}

/**
 * Thrown when no usable value is stored, and nothing is loaded because of `withCache({ mode: "only"
 * })`.
 */
export class CacheMissError extends ZcacheError {
  /** The complete keys at which nothing usable is stored. */
  readonly keys: readonly string[];

  constructor(name: string, keys: readonly string[]) {
    const what = keys.length === 0 ? "this receiver" : keys.map((key) => `"${key}"`).join(", ");
    super("ZCACHE_MISS", `${name} has nothing stored for ${what}.`);
    this.keys = keys;
  }
}

/** Thrown when an operation that needs its receiver (`this`) is called without it. */
export class ReceiverError extends ZcacheError {
  constructor(message: string) {
    super("ZCACHE_RECEIVER", message);
  }
}

/**
 * Reports a value that the function's codec can't encode, or bytes that it can't decode. It occurs
 * in events only.
 */
export class CodecError extends ZcacheError {
  /** The complete key of the entry. */
  readonly key: string;

  constructor(message: string, key: string, options?: ErrorCause) {
    super("ZCACHE_CODEC", message, options);
    this.key = key;
  }
}

/**
 * Reports that the store failed or was too slow, or that the breaker is open. Only operations that
 * promise that old values are gone reject with it: `invalidate`, `invalidateTag`, `refresh`,
 * `transactional` and `hold`. Otherwise it is in a `fault` event.
 */
export class BackendError extends ZcacheError {
  /**
   * The operation that the store was asked for: `read`, `acquire`, `write`, `delete` and others.
   */
  readonly operation: string;
  /** The keys that the operation was about. */
  readonly keys: readonly string[];
  /**
   * True if `transactional` made the error after its transaction HAD committed: don't run the
   * transaction again.
   */
  readonly committed: boolean;
  /**
   * True if the invalidation is kept, and is carried out when the store can be asked again
   * (`onOutage: "replay"`).
   */
  readonly kept: boolean;

  constructor(
    operation: string,
    keys: readonly string[],
    message: string,
    options?: BackendErrorOptions,
  ) {
    super("ZCACHE_BACKEND", message, options);
    this.operation = operation;
    this.keys = keys;
    this.committed = options?.committed ?? false;
    this.kept = options?.kept ?? false;
  }
}

interface BackendErrorOptions extends ErrorCause {
  readonly committed?: boolean;
  readonly kept?: boolean;
}
