import {
  type AcquireRequest,
  type AcquireResult,
  type Backend,
  type DeleteOptions,
  type LocalBytes,
  type HoldRequest,
  type LeasedValues,
  type LeaseRequest,
  mostKeysPerRead,
  type ReadOptions,
  type ReleaseRequest,
  type RenewRequest,
  type Values,
  type VersionRequest,
  type WriteRequest,
} from "./backend";
import { hasMethods } from "../check-options";
import { type Inspector } from "./inspector";
import { disown } from "../user-code/thrown";

/** zcache's own backends, unmodified. Others' answers are checked where they arrive. */
const trusted = new WeakSet<Backend>();

/**
 * Marks zcache's own backends. Their constructors call it, and derive from no class. A class that
 * derives from one of them is the user's. The constructors don't compare `new.target` with their
 * own names, because esbuild calls a class that names itself
 * `_Name` in the bundle, and messages would show that.
 */
export function trust(backend: Backend, made: NewableFunction): void {
  if (Object.getPrototypeOf(made) === Function.prototype) trusted.add(backend);
}

/** Whether it is one of zcache's own backends, unmodified. */
export function isTrusted(backend: Backend): boolean {
  return trusted.has(backend);
}

/** Returns the backend or, if it is a user's own, a wrapper that checks it. */
export function checked(backend: Backend): Backend {
  return isTrusted(backend) ? backend : new CheckedBackend(backend);
}

/**
 * Checks a user's own backend: its exceptions and answers are checked before they are used, because
 * a broken cache must not break a call. An answer of another form is a failure like any other.
 * Methods that only make things faster are skipped when they fail.
 */
class CheckedBackend implements Backend {
  readonly name: string;
  readonly remote: boolean;
  /** Left out if the backend has no such method. */
  readonly readAndLease?: (keys: readonly string[], request: LeaseRequest) => Promise<LeasedValues>;
  readonly holdKeys?: (requests: readonly HoldRequest[]) => Promise<boolean[]>;
  readonly endHolds?: (requests: readonly ReleaseRequest[]) => Promise<boolean[]>;
  readonly #inner: Backend;

  constructor(inner: Backend) {
    this.#inner = inner;
    this.name = inner.name;
    this.remote = inner.remote;
    if (hasMethod(inner, "readAndLease"))
      this.readAndLease = (keys, request) => this.#readAndLease(keys, request);
    if (!hasMethod(inner, "holdKeys") || !hasMethod(inner, "endHolds")) return;
    this.holdKeys = (requests) => this.#flags("holdKeys", requests, inner.holdKeys?.(requests));
    this.endHolds = (requests) => this.#flags("endHolds", requests, inner.endHolds?.(requests));
  }

  async read(keys: readonly string[], options?: ReadOptions): Promise<Values> {
    const values: unknown = await this.#inner.read(keys, options);
    if (isListOf(values, keys.length, isValue)) return values.map(orNull);
    throw unexpected("read", values);
  }

  async acquire(requests: readonly AcquireRequest[]): Promise<AcquireResult[]> {
    const results: unknown = await this.#inner.acquire(requests);
    if (isListOf(results, requests.length, isAcquireResult)) return results;
    throw unexpected("acquire", results);
  }

  async #readAndLease(keys: readonly string[], request: LeaseRequest): Promise<LeasedValues> {
    const answer = (await this.#inner.readAndLease?.(keys, request)) as unknown;
    const { values, leased } = (answer ?? {}) as Partial<LeasedValues>;
    if (isListOf(values, keys.length, isValue) && isListOf(leased, request.count, isFlag))
      return { values: values.map(orNull), leased };
    throw unexpected("readAndLease", answer);
  }

  async renew(requests: readonly RenewRequest[]): Promise<boolean[]> {
    const renewed: unknown = await this.#inner.renew(requests);
    if (isListOf(renewed, requests.length, isFlag)) return renewed;
    throw unexpected("renew", renewed);
  }

  async write(requests: readonly WriteRequest[]): Promise<boolean[]> {
    const written: unknown = await this.#inner.write(requests);
    if (isListOf(written, requests.length, isFlag)) return written;
    throw unexpected("write", written);
  }

  async release(requests: readonly ReleaseRequest[]): Promise<void> {
    await this.#inner.release(requests);
  }

  async delete(keys: readonly string[], options?: DeleteOptions): Promise<void> {
    await this.#inner.delete(keys, options);
  }

  async #flags(method: string, requests: readonly unknown[], answer: unknown): Promise<boolean[]> {
    const flags: unknown = await answer;
    if (isListOf(flags, requests.length, isFlag)) return flags;
    throw unexpected(method, flags);
  }

  async ensureVersions(requests: readonly VersionRequest[]): Promise<(string | null)[]> {
    const versions: unknown = await this.#inner.ensureVersions(requests);
    if (isListOf(versions, requests.length, isVersion)) return versions;
    throw unexpected("ensureVersions", versions);
  }

  async time(): Promise<number> {
    const time: unknown = await this.#inner.time();
    if (Number.isFinite(time)) return time as number;
    throw unexpected("time", time);
  }

  peek(key: string, options?: ReadOptions): LocalBytes | null {
    try {
      const held: unknown = this.#inner.peek?.(key, options);
      if (typeof held === "object" && held !== null && Buffer.isBuffer((held as LocalBytes).bytes))
        return held as LocalBytes;
      disown(held);
    } catch {
      // The bytes are then read like any others.
    }
    return null;
  }

  setMemo(key: string, memo: unknown, memoBytes: number): void {
    try {
      disown(this.#inner.setMemo?.(key, memo, memoBytes));
    } catch {
      // Then it is decoded once more.
    }
  }

  /** It is null if the backend can't be inspected. */
  inspector(): Inspector | null {
    try {
      const inspector: unknown = this.#inner.inspector?.();
      if (hasMethods(inspector, ["ttl", "scan", "keyCount", "putReport", "reports"]))
        return inspector as Inspector;
    } catch {
      // Then Studio can't inspect it.
    }
    return null;
  }

  get keysPerRead(): number {
    try {
      const { keysPerRead } = this.#inner;
      if (keysPerRead !== undefined && Number.isInteger(keysPerRead) && keysPerRead > 0)
        return keysPerRead;
    } catch {
      // The failure counts as no answer.
    }
    return mostKeysPerRead;
  }

  /** Makes sure that `send` is called exactly once. */
  cork<Result>(send: () => Result): Result {
    let sent: { readonly result: Result } | null = null;
    const sendOnce = (): Result => (sent ??= { result: send() }).result;
    try {
      disown(this.#inner.cork?.(sendOnce));
    } catch {
      // It is then sent in several pieces.
    }
    return sendOnce();
  }
}

export function hasMethod(
  backend: Backend,
  name: "readAndLease" | "holdKeys" | "endHolds",
): boolean {
  try {
    return typeof backend[name] === "function";
  } catch {
    return false;
  }
}

function unexpected(method: string, answer: unknown): TypeError {
  const got = Array.isArray(answer)
    ? `a list of ${answer.length} with wrong elements`
    : `a ${typeof answer}`;
  return new TypeError(
    `${method} must return what the interface Backend says, one answer for each request, but returned ${got}`,
  );
}

function isListOf<Item>(
  answer: unknown,
  count: number,
  isItem: (item: unknown) => item is Item,
): answer is Item[] {
  return Array.isArray(answer) && answer.length === count && answer.every(isItem);
}

/** Elsewhere, undefined means that the backend could not be asked. */
const orNull = (value: Buffer | null): Buffer | null => value ?? null;
const isValue = (value: unknown): value is Buffer | null => value == null || Buffer.isBuffer(value);
const isFlag = (value: unknown): value is boolean => typeof value !== "object" || value === null;
const isVersion = (value: unknown): value is string | null =>
  typeof value === "string" || value === null;

function isAcquireResult(value: unknown): value is AcquireResult {
  if (typeof value !== "object" || value === null) return false;
  const { status, bytes } = value as { status?: unknown; bytes?: unknown };
  return (
    status === "acquired" ||
    status === "busy" ||
    status === "held" ||
    (status === "changed" && Buffer.isBuffer(bytes))
  );
}
