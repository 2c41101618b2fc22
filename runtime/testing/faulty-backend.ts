import type {
  AcquireRequest,
  AcquireResult,
  Backend,
  DeleteOptions,
  HoldRequest,
  LeasedValues,
  LeaseRequest,
  ReadOptions,
  ReleaseRequest,
  RenewRequest,
  Values,
  VersionRequest,
  WriteRequest,
} from "../backends/backend";
import type { AskedOfBackend } from "../backends/backend-failure";
import type { Inspector } from "../backends/inspector";
import type { MemoryBackend } from "../backends/memory-backend";
import { isBoolean, isName, mistakeInOptions, show } from "../check-options";
import { ConfigError } from "../index";
import { optionsAt } from "../options";

export type Operation = AskedOfBackend;

export interface BackendCall {
  readonly operation: Operation;
  readonly keys: readonly string[];
}

/**
 * An operation that waits for the test. Operations that are requested in the meantime wait with it.
 */
export interface Hold {
  /** Resolves when the first operation waits. */
  readonly reached: Promise<void>;
  /** Lets the waiting operations, and all later ones, continue. */
  release(): void;
}

/**
 * A backend that records what is asked of it, and fails, hangs or waits when a test says so.
 *
 * @example
 * const backend = new FaultyBackend(new MemoryBackend());
 * configure({ backend });
 * backend.fail("read");
 * await getUser(5); // the function's own value
 * backend.heal();
 */
export class FaultyBackend implements Backend {
  readonly name: string;
  readonly remote: boolean;
  readonly keysPerRead: number;
  /**
   * It is left out if the backend behind this one can't do both at once. It is recorded, and fails,
   * as a "read".
   */
  readonly readAndLease?: (keys: readonly string[], request: LeaseRequest) => Promise<LeasedValues>;
  /** It is left out if the backend behind this one has no holds. */
  readonly holdKeys?: (requests: readonly HoldRequest[]) => Promise<boolean[]>;
  readonly endHolds?: (requests: readonly ReleaseRequest[]) => Promise<boolean[]>;
  /** Every operation that was asked for since the last `takeTrace`, with its keys. */
  readonly calls: BackendCall[] = [];
  readonly #keys = new Set<string>();

  readonly #inner: Backend;
  readonly #nextErrors = new Map<Operation, Error[]>();
  readonly #gates = new Map<Operation, () => Promise<void>>();

  /**
   * @param inner the backend that carries out whatever doesn't fail
   * @param options.remote true puts the deadline and the breaker in front of it, as with Redis
   * @throws ConfigError for an option that does not exist or has an impossible value
   */
  constructor(inner: Backend, options: { readonly name?: string; readonly remote?: boolean } = {}) {
    const mistake = mistakeInOptions("FaultyBackend", optionsAt("FaultyBackend"), options);
    if (mistake !== null) throw new ConfigError(mistake);
    const { name = inner.name, remote = inner.remote } = options;
    if (!isName(name)) throw invalid(`"name" must be a string of at least one character`, name);
    if (!isBoolean(remote)) throw invalid(`"remote" must be true or false`, remote);
    this.#inner = inner;
    this.name = name;
    this.remote = remote;
    this.keysPerRead = inner.keysPerRead ?? Infinity;
    const { readAndLease, holdKeys, endHolds } = inner;
    if (readAndLease)
      this.readAndLease = (keys, request) =>
        this.#call("read", keys, () => readAndLease.call(inner, keys, request));
    if (!holdKeys || !endHolds) return;
    this.holdKeys = (requests) =>
      this.#call("holdKeys", keysOf(requests), () => holdKeys.call(inner, requests));
    this.endHolds = (requests) =>
      this.#call("endHolds", keysOf(requests), () => endHolds.call(inner, requests));
  }

  /** Returns every key that was ever named, even after the trace was taken. */
  get allKeys(): string[] {
    return [...this.#keys];
  }

  /**
   * Returns the inspector of the backend behind this one. Its calls are not recorded, and don't
   * fail.
   */
  inspector(): Inspector | null {
    return this.#inner.inspector?.() ?? null;
  }

  /** Returns how often the operation was asked for since the last `takeTrace`. */
  count(operation: Operation): number {
    return this.calls.filter((call) => call.operation === operation).length;
  }

  /** Returns the operations since the last time, such as `["read", "acquire", "write"]`. */
  takeTrace(): Operation[] {
    return this.calls.splice(0).map((call) => call.operation);
  }

  /**
   * Makes the next call fail without asking the store. Called twice, it makes the next two fail.
   */
  failNext(operation: Operation, error: Error = new Error("The store is down")): void {
    this.#nextErrors.set(operation, [...(this.#nextErrors.get(operation) ?? []), error]);
  }

  /** Makes every call fail until `heal`. */
  fail(operation: Operation, error: Error = new Error("The store is down")): void {
    this.#gates.set(operation, () => Promise.reject(error));
  }

  /** Leaves calls unanswered until `heal`. Those that are under way then are never answered. */
  hang(operation: Operation): void {
    this.#gates.set(operation, () => new Promise(() => {}));
  }

  /** Makes calls wait before the store is asked. */
  hold(operation: Operation): Hold {
    let release!: () => void;
    let reach!: () => void;
    const released = new Promise<void>((resolve) => (release = resolve));
    const reached = new Promise<void>((resolve) => (reach = resolve));
    const gate = (): Promise<void> => (reach(), released);
    this.#gates.set(operation, gate);
    return {
      reached,
      release: () => {
        if (this.#gates.get(operation) === gate) this.#gates.delete(operation);
        release();
      },
    };
  }

  /** Ends `failNext`, `fail` and `hang`, for one operation or all. */
  heal(operation?: Operation): void {
    for (const faults of [this.#nextErrors, this.#gates]) {
      if (operation) faults.delete(operation);
      else faults.clear();
    }
  }

  read(keys: readonly string[], options?: ReadOptions): Promise<Values> {
    return this.#call("read", keys, () => this.#inner.read(keys, options));
  }

  acquire(requests: readonly AcquireRequest[]): Promise<AcquireResult[]> {
    return this.#call("acquire", keysOf(requests), () => this.#inner.acquire(requests));
  }

  renew(requests: readonly RenewRequest[]): Promise<boolean[]> {
    return this.#call("renew", keysOf(requests), () => this.#inner.renew(requests));
  }

  write(requests: readonly WriteRequest[]): Promise<boolean[]> {
    return this.#call("write", keysOf(requests), () => this.#inner.write(requests));
  }

  release(requests: readonly ReleaseRequest[]): Promise<void> {
    return this.#call("release", keysOf(requests), () => this.#inner.release(requests));
  }

  delete(keys: readonly string[], options?: DeleteOptions): Promise<void> {
    return this.#call("delete", keys, () => this.#inner.delete(keys, options));
  }

  time(): Promise<number> {
    return this.#call("time", [], () => this.#inner.time());
  }

  ensureVersions(requests: readonly VersionRequest[]): Promise<(string | null)[]> {
    return this.#call("ensureVersions", keysOf(requests), () =>
      this.#inner.ensureVersions(requests),
    );
  }

  /** Deletes everything that the backend behind it holds, if that backend supports it. */
  clear(): void {
    (this.#inner as Partial<Pick<MemoryBackend, "clear">>).clear?.();
  }

  /**
   * Calls the store. Without a fault that happens within the call, as it would without this
   * wrapper.
   */
  #call<T>(operation: Operation, keys: readonly string[], start: () => Promise<T>): Promise<T> {
    this.calls.push({ operation, keys: [...keys] });
    for (const key of keys) this.#keys.add(key);
    const error = this.#nextErrors.get(operation)?.shift();
    if (error) return Promise.reject(error);
    const gate = this.#gates.get(operation);
    return gate ? gate().then(start) : start();
  }
}

function keysOf(requests: readonly { readonly key: string }[]): string[] {
  return requests.map((request) => request.key);
}

function invalid(must: string, given: unknown): ConfigError {
  return new ConfigError(`FaultyBackend: ${must}, but got: ${show(given)}.`);
}
