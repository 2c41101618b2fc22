import { type Backend, type DeleteOptions, type Held, type LeaseRequest, type ReadOptions } from "../backends/backend";
import { type BackendTask, createFailure, isRefusal, startSafely } from "../backends/backend-failure";
import { show } from "../check-options";
import { checked } from "../backends/checked-backend";
import { type Clock } from "../clock";
import { type Codec } from "../codecs/codec";
import { type BackendError, ConfigError } from "../errors";
import { type CacheEvent, type Listener, type Subscription } from "../events";
import { Guard, type GuardOptions } from "./guard";
import { type BreakerState } from "../events";
import { epochKeyOf, fenceKeyOf, invalidationKeysOf, versionKeyOf } from "../keys/key-names";
import { type Load } from "./load";
import { type Answers, noAnswers, Outbox } from "../backends/outbox";
import { piecesFor } from "../backends/pieces";
import { type Run } from "./run";
import { type Sent } from "./sent";
import { StoreClock } from "./store-clock";
import { type VerifySettings } from "./verify-settings";
import { tellListener, warnOf } from "../user-code/thrown";

/** What `configure` made of its options: complete, checked, durations in milliseconds. */
export interface Settings {
  readonly backend: Backend;
  readonly namespace: string | null;
  readonly ttlMs: number;
  readonly nullTtlMs: number | null;
  readonly staleMs: number;
  readonly staleIfErrorMs: number;
  readonly isFailure: ((error: unknown) => boolean) | null;
  readonly early: number;
  readonly jitter: number;
  readonly verify: VerifySettings;
  readonly timeoutMs: number | null;
  readonly onOutage: "keep" | "flush";
  readonly memoryMs: number | null;
  readonly codec: string;
  readonly codecs: Readonly<Record<string, Codec>>;
  readonly leaseMs: number;
  readonly guard: Pick<GuardOptions, "deadlineMs" | "maxInFlight" | "breakerFailures" | "breakerMs">;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onEvent: Listener | null;
}

/** One cache: a backend with its guard, and the loads under way in this process. */
export class Cache {
  readonly name: string;
  readonly settings: Settings;
  /** Those of the process, for any of its caches. */
  readonly #subscriptions: ReadonlySet<Subscription>;

  /** Loads that callers of the same key may join, by key. */
  readonly loads = new Map<string, Load>();
  /** The refreshes of a key that are under way, which hold its lease. */
  readonly refreshes = new Map<string, Set<Run>>();
  readonly storeClock: StoreClock;
  /** Which share of the hits is verified, where the running program has said so: goes before directives and settings. */
  verifyShare: number | null = null;
  /** Of the version that all entries carry with `onOutage: "flush"`; else null. */
  readonly epochKey: string | null;

  /** What is asked: the backend of the settings, checked where it is somebody else's. */
  readonly #backend: Backend;
  readonly #guard: Guard | null;
  readonly #outbox: Outbox | null;
  readonly #underWay = new Set<Promise<unknown>>();
  #sequence = 0;
  /** How often what is stored came into doubt, and how many of those a flush has settled. */
  #doubts = 0;
  #settledDoubts = 0;
  #flushing: Promise<void> | null = null;
  #hasWarned = false;

  constructor(name: string, settings: Settings, subscriptions: ReadonlySet<Subscription>) {
    this.name = name;
    this.settings = settings;
    this.#subscriptions = subscriptions;
    const { clock, guard, onOutage } = settings;
    const backend = (this.#backend = checked(settings.backend));
    const onStateChange = (state: BreakerState, error: BackendError | null): void => this.#noticeBreaker(state, error);
    // A backend in this process answers within the call: nothing to time out.
    const onFault: GuardOptions["onFault"] = (task, keys, error) => this.#noticeFault(task, keys, error);
    this.#guard = backend.remote ? new Guard({ ...guard, clock, store: backend.name, onStateChange, onFault }) : null;
    // With a backend in this process it would only delay the answers.
    this.#outbox = backend.remote
      ? new Outbox(backend, (keys, resolve, reject) =>
          this.#ask("read", keys, (store) => store.read(keys), resolve, reject),
        )
      : null;
    this.storeClock = new StoreClock(clock, () => this.ask("time", [backend.name], (store) => store.time()));
    this.epochKey = onOutage === "flush" ? epochKeyOf(settings.namespace) : null;
  }

  /** A number larger than all before: orders arrivals of callers and starts of loaders. */
  tick(): number {
    return ++this.#sequence;
  }

  /** Asks the backend, under its deadline and breaker. A fault is an event, and rejects with a `BackendError`. */
  ask<T>(task: BackendTask, keys: readonly string[], start: (backend: Backend) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => this.#ask(task, keys, start, resolve, reject));
  }

  #ask<T>(
    task: BackendTask,
    keys: readonly string[],
    start: (backend: Backend) => Promise<T>,
    resolve: (value: T) => void,
    reject: (error: BackendError) => void,
  ): void {
    const backend = this.#backend;
    if (this.#guard) return this.#guard.run(task, keys, () => start(backend), resolve, reject);
    startSafely(() => start(backend)).then(resolve, (cause: unknown) => {
      const error = createFailure(backend.name, task, keys, cause);
      this.#noticeFault(task, keys, error);
      reject(error);
    });
  }

  #noticeFault(operation: BackendTask, keys: readonly string[], error: BackendError): void {
    this.emit({ type: "fault", operation, keys, error });
    if (!isRefusal(error.cause) || this.isHeard() || this.#hasWarned) return;
    // Nothing would ever be stored, and nobody would know.
    this.#hasWarned = true;
    warnOf(`${error.message} The backend needs this command.`, "ZcacheBackendWarning");
  }

  /**
   * The bytes at the keys, from one command for all reads of a tick; undefined where the backend could not be asked, which
   * is an event. Nothing is answered before what an outage has made doubtful is gone.
   */
  read(keys: readonly string[], options?: ReadOptions): Promise<Answers> {
    return new Promise((resolve) => this.readTo(keys, options, resolve));
  }

  /**
   * `read` that calls back: where every call comes by, a promise less is felt. What `tell` does must not throw.
   * @param sendAlone is called instead where the command would be for this read alone, and calls back by itself
   */
  readTo(
    keys: readonly string[],
    options: ReadOptions | undefined,
    tell: (answers: Answers) => void,
    sendAlone?: () => void,
  ): void {
    if (!this.#isDoubtful()) return this.#read(keys, options, tell, sendAlone);
    void this.#flush().then(
      () => this.#read(keys, options, tell, sendAlone),
      () => tell(noAnswers(keys)),
    );
  }

  /** Where a tier has a part, it has whole entries: each is read by itself, so that its versions come from where it comes from. */
  #read(
    keys: readonly string[],
    options: ReadOptions | undefined,
    tell: (answers: Answers) => void,
    sendAlone: (() => void) | undefined,
  ): void {
    if (this.#outbox && !options) this.#outbox.read(keys, tell, (_error, answers) => tell(answers), sendAlone);
    else if (sendAlone) sendAlone();
    else
      this.#ask(
        "read",
        keys,
        (backend) => backend.read(keys, options),
        tell,
        () => tell(noAnswers(keys)),
      );
  }

  /**
   * `read`, with leases where the backend takes them in the same command and no other read of the tick is merged with it.
   * Null where that command could not be sent or was not answered.
   */
  readAndLease(keys: readonly string[], request: LeaseRequest, sent: Sent): Promise<LeasedAnswers | null> {
    const { readAndLease } = this.#backend;
    return new Promise((resolve) => {
      const start = readAndLease && ((backend: Backend) => sent.note(readAndLease.call(backend, keys, request)));
      const sendAlone = start && (() => this.#ask("read", keys, start, resolve, () => resolve(null)));
      this.readTo(keys, undefined, (values) => resolve({ values, leased: noneLeased }), sendAlone);
    });
  }

  /** What the backend has at hand; null where it has to be asked, or what is stored is in doubt. */
  glance(key: string, options: ReadOptions | undefined): Held | null {
    if (this.#isDoubtful()) return null;
    return this.#backend.glance?.(key, options) ?? null;
  }

  annotate(key: string, note: unknown, noteBytes: number): void {
    this.#backend.annotate?.(key, note, noteBytes);
  }

  /** Whether the backend can be used, as far as is known: its breaker is closed. */
  isReachable(): boolean {
    return this.#guard === null || this.#guard.state === "closed";
  }

  /** Whether `emit` has a listener. */
  isHeard(): boolean {
    return this.settings.onEvent !== null || this.#subscriptions.size > 0;
  }

  emit(event: CacheEvent): void {
    const { onEvent } = this.settings;
    if (onEvent) tellListener(() => onEvent(event));
    for (const { listener, cache } of this.#subscriptions)
      if (cache === null || cache === this.name) tellListener(() => listener(event));
  }

  /** What `idle` waits for, whether somebody else does or not. A rejection is left to others. */
  track<T>(work: Promise<T>): Promise<T> {
    const end = (): unknown => this.#underWay.delete(tracked);
    const tracked: Promise<unknown> = work.then(end, end);
    this.#underWay.add(tracked);
    return work;
  }

  /** Resolves when no load, no refresh and no write is under way. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  versionKey(tag: string): string {
    return versionKeyOf(this.settings.namespace, tag);
  }

  fenceKey(kind: string): string {
    return fenceKeyOf(this.settings.namespace, kind);
  }

  /** What ends so that a tag is invalidated: its fence, if it has one, before its version. Throws a ConfigError. */
  namesOf(tag: string): { readonly fences: readonly string[]; readonly keys: readonly string[] } {
    if (typeof tag !== "string" || tag === "") {
      throw new ConfigError(`invalidateTag takes the tag's text, but got: ${show(tag)}.`);
    }
    const names = invalidationKeysOf(this.settings.namespace, tag);
    return { fences: names.slice(0, -1), keys: names.slice(-1) };
  }

  /** One command, however many entries carry the tag. */
  async invalidateTag(tag: string): Promise<void> {
    const { fences, keys } = this.namesOf(tag);
    const names = [...fences, ...keys];
    await this.#invalidate("invalidateTag", [tag], (backend) => backend.delete(names, { inOrder: true }));
  }

  /** Ends what stands at the keys, leases too, so that no write under way can bury it. Rejects if it could not. */
  async invalidateKeys(keys: readonly string[], options?: DeleteOptions): Promise<void> {
    const failures: BackendError[] = [];
    // What can be ended is, whatever becomes of the rest.
    for (const part of piecesFor(this.settings.backend, keys)) {
      await this.#invalidate("delete", part, (backend) => backend.delete(part, options)).catch(
        (error: BackendError) => {
          failures.push(error);
        },
      );
    }
    if (failures[0]) throw failures[0];
  }

  /** The same for several tags, and entries, at once: their fences end first. */
  async invalidateAll(fences: readonly string[], keys: readonly string[]): Promise<void> {
    const isOneByOne = this.settings.backend.keysPerRead === 1;
    if (fences.length === 0 || !isOneByOne)
      return this.invalidateKeys([...fences, ...keys], { inOrder: fences.length > 0 });
    // A Cluster takes a command for each key. To wait for each of them in turn would take as many round trips.
    const failed = await this.invalidateKeys(fences).catch((error: BackendError) => error);
    await this.invalidateKeys(keys);
    if (failed) throw failed;
  }

  async #invalidate(
    task: BackendTask,
    keys: readonly string[],
    start: (backend: Backend) => Promise<void>,
  ): Promise<void> {
    try {
      await this.ask(task, keys, start);
    } catch (error) {
      this.#distrust();
      throw error;
    }
  }

  #noticeBreaker(state: BreakerState, error: BackendError | null): void {
    if (state === "open") this.#distrust();
    this.emit({ type: "breaker", state, error });
  }

  /** What is stored may be older than what was invalidated. */
  #distrust(): void {
    if (this.epochKey !== null) this.#doubts++;
  }

  #isDoubtful(): boolean {
    return this.#doubts !== this.#settledDoubts;
  }

  /** Ends all entries, in one command. Rejects while the backend can't be used; then nothing is read from it either. */
  #flush(): Promise<void> {
    const epochKey = this.epochKey as string;
    const doubts = this.#doubts;
    this.#flushing ??= this.ask("delete", [epochKey], (backend) => backend.delete([epochKey]))
      .then(() => {
        this.#settledDoubts = doubts;
        this.emit({ type: "flush" });
      })
      .finally(() => (this.#flushing = null));
    return this.#flushing;
  }
}

interface LeasedAnswers {
  readonly values: Answers;
  readonly leased: readonly boolean[];
}

const noneLeased: readonly boolean[] = [];
