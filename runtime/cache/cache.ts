import {
  type Backend,
  type DeleteOptions,
  type LocalBytes,
  type LeaseRequest,
  type ReadOptions,
} from "../backends/backend";
import {
  type BackendTask,
  createFailure,
  isRefusal,
  startSafely,
} from "../backends/backend-failure";
import { type Inspector } from "../backends/inspector";
import { show } from "../check-options";
import { checked, isTrusted } from "../backends/checked-backend";
import { type Clock } from "../clock";
import { type Codec } from "../codecs/codec";
import { BackendError, ConfigError } from "../errors";
import { type CacheEvent, type Listener, type Subscription } from "../events";
import { LostInvalidations } from "./lost-invalidations";
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
import { callListener, warnOf } from "../user-code/thrown";

/** The resolved options of `configure`: complete, checked, and with durations in milliseconds. */
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
  readonly onOutage: "keep" | "flush" | "replay";
  readonly memoryMs: number | null;
  readonly codec: string;
  readonly codecs: Readonly<Record<string, Codec>>;
  readonly leaseMs: number;
  readonly guard: Pick<
    GuardOptions,
    "deadlineMs" | "maxInFlight" | "breakerFailures" | "breakerMs"
  >;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onEvent: Listener | null;
}

/**
 * A caller whose load has ended without a value for it continues within this many promise jobs. The
 * real number is much smaller.
 */
const mostJobsBetween = 50;

/** Those that are told of the events of all caches of the process. */
export interface Listening {
  readonly subscriptions: ReadonlySet<Subscription>;
  /** Studio's agent while it runs. Hits are not told through `happened`. */
  readonly observer: { happened(cache: string, event: CacheEvent): void } | null;
}

/** One cache: a backend with its guard, and the loads under way in this process. */
export class Cache {
  readonly name: string;
  readonly settings: Settings;
  readonly #listening: Listening;

  #loads = new Map<string, Load>();
  /** The refreshes of a key that are under way and hold its lease. */
  readonly refreshes = new Map<string, Set<Run>>();
  readonly storeClock: StoreClock;
  /**
   * The share of hits that is verified, once the program has set it with `verify`. It overrides
   * directives and settings.
   */
  verifyShare: number | null = null;
  /**
   * The key of the version that all entries carry with `onOutage: "flush"` or `"replay"`; otherwise
   * null.
   */
  readonly epochKey: string | null;
  /**
   * Whether each read has bytes of its own, in memory that nothing writes to again. A user's own
   * backend may use its memory for the next read.
   */
  readonly readsFreshBytes: boolean;

  /** The backend that is asked: the one of the settings, checked if it is a user's own. */
  readonly #backend: Backend;
  readonly #guard: Guard | null;
  readonly #outbox: Outbox | null;
  #underWay = new Set<Promise<unknown>>();
  #sequence = 0;
  /**
   * Counts how often the stored entries came into doubt, and how many of those doubts a flush or a
   * replay has settled.
   */
  #doubts = 0;
  #settledDoubts = 0;
  #settling: Promise<void> | null = null;
  /** What `onOutage: "replay"` keeps. */
  readonly #lost = new LostInvalidations();
  #cancelReplay: (() => void) | null = null;
  #hasWarned = false;

  constructor(name: string, settings: Settings, listening: Listening) {
    this.name = name;
    this.settings = settings;
    this.#listening = listening;
    const { clock, guard, onOutage } = settings;
    const backend = (this.#backend = checked(settings.backend));
    const onStateChange = (state: BreakerState, error: BackendError | null): void =>
      this.#noticeBreaker(state, error);
    // A backend in this process answers within the call, so there is nothing to time out.
    const onFault: GuardOptions["onFault"] = (task, keys, error) =>
      this.#noticeFault(task, keys, error);
    this.#guard = backend.remote
      ? new Guard({ ...guard, clock, store: backend.name, onStateChange, onFault })
      : null;
    // For a backend in this process it would only delay the answers.
    this.#outbox = backend.remote
      ? new Outbox(backend, (keys, resolve, reject) =>
          this.#ask("read", keys, (store) => store.read(keys), resolve, reject),
        )
      : null;
    this.storeClock = new StoreClock(clock, () =>
      this.ask("time", [backend.name], (store) => store.time()),
    );
    this.readsFreshBytes = backend.remote && isTrusted(backend);
    this.epochKey = onOutage === "keep" ? null : epochKeyOf(settings.namespace);
  }

  /**
   * Returns a number larger than all before. It orders arrivals of callers and starts of loaders.
   */
  tick(): number {
    return ++this.#sequence;
  }

  /** Returns the loads that callers of the same key may join, by key. */
  get loads(): ReadonlyMap<string, Load> {
    return this.#loads;
  }

  addLoad(load: Load): void {
    this.#loads.set(load.key, load);
  }

  /**
   * When the last load has gone, the map goes too. V8's tables of a map refer to the larger or
   * smaller ones that have replaced them, and keep what they held: once one of them is old, each
   * later load would survive until the whole heap is collected.
   */
  removeLoad(load: Load): void {
    if (this.#loads.get(load.key) !== load) return;
    if (this.#loads.size === 1) this.#loads = new Map();
    else this.#loads.delete(load.key);
  }

  /**
   * Asks the backend, under its deadline and breaker. A fault is an event, and rejects with a
   * `BackendError`.
   */
  ask<T>(
    task: BackendTask,
    keys: readonly string[],
    start: (backend: Backend) => Promise<T>,
  ): Promise<T> {
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
    // Without the warning nothing would ever be stored, and nobody would know.
    this.#hasWarned = true;
    warnOf(`${error.message} The backend needs this command.`, "ZcacheBackendWarning");
  }

  /**
   * Returns the bytes at the keys, from one command for all reads of a tick. They are undefined if
   * the backend could not be asked, which is an event. Nothing is answered before the entries that
   * an outage has made doubtful are gone.
   */
  read(keys: readonly string[], options?: ReadOptions): Promise<Answers> {
    return new Promise((resolve) => this.readTo(keys, options, resolve));
  }

  /**
   * Callback form of `read`. It is on the path of every call, so it saves one promise. `onAnswers`
   * must not throw.
   * @param sendUnmerged is called instead if the command would be for this read alone, and calls
   * back by itself
   */
  readTo(
    keys: readonly string[],
    options: ReadOptions | undefined,
    onAnswers: (answers: Answers) => void,
    sendUnmerged?: () => void,
  ): void {
    if (!this.#isDoubtful()) return this.#read(keys, options, onAnswers, sendUnmerged);
    void this.#settle().then(
      () => this.#read(keys, options, onAnswers, sendUnmerged),
      () => onAnswers(noAnswers(keys)),
    );
  }

  /**
   * Reads one by one if a tier takes part, because a tier has whole entries: an entry's versions
   * must come from the same place as the entry.
   */
  #read(
    keys: readonly string[],
    options: ReadOptions | undefined,
    onAnswers: (answers: Answers) => void,
    sendUnmerged: (() => void) | undefined,
  ): void {
    if (this.#outbox && !options) this.#outbox.read(keys, onAnswers, sendUnmerged);
    else if (sendUnmerged) sendUnmerged();
    else
      this.#ask(
        "read",
        keys,
        (backend) => backend.read(keys, options),
        onAnswers,
        () => onAnswers(noAnswers(keys)),
      );
  }

  /**
   * Reads like `readTo`, with leases if the backend takes them in the same command and the read is
   * not merged with others of the tick. `onAnswers` is given null if that command could not be sent
   * or was not answered.
   */
  readAndLeaseTo(
    keys: readonly string[],
    request: LeaseRequest,
    sent: Sent,
    onAnswers: (answers: LeasedAnswers | null) => void,
  ): void {
    const { readAndLease } = this.#backend;
    const start =
      readAndLease && ((backend: Backend) => sent.watch(readAndLease.call(backend, keys, request)));
    const onLeased = (answers: LeasedAnswers): void => {
      // If the key holds something, or if the server can't do both in one command, a merged read
      // would have cost less.
      this.#outbox?.recordUnmerged(answers.leased[0] === true);
      onAnswers(answers);
    };
    const sendUnmerged =
      start && (() => this.#ask("read", keys, start, onLeased, () => onAnswers(null)));
    this.readTo(
      keys,
      undefined,
      (values) => onAnswers({ values, leased: noneLeased }),
      sendUnmerged,
    );
  }

  /**
   * Returns what the backend has in this process, or null if it has to be asked, or if the stored
   * entries are in doubt.
   */
  peek(key: string, options: ReadOptions | undefined): LocalBytes | null {
    if (this.#isDoubtful()) return null;
    return this.#backend.peek?.(key, options) ?? null;
  }

  setMemo(key: string, memo: unknown, memoBytes: number): void {
    this.#backend.setMemo?.(key, memo, memoBytes);
  }

  /** Returns the inspector that Studio uses, or null if the backend can't be inspected. */
  get inspector(): Inspector | null {
    return this.#backend.inspector?.() ?? null;
  }

  get breakerState(): BreakerState {
    return this.#guard?.state ?? "closed";
  }

  /** Returns how many operations of a remote backend are under way. */
  get inFlight(): number {
    return this.#guard?.inFlight ?? 0;
  }

  /** Returns whether the backend can be used, as far as is known: its breaker is closed. */
  isReachable(): boolean {
    return this.#guard === null || this.#guard.state === "closed";
  }

  /** Returns whether the program listens to events. */
  isHeard(): boolean {
    return this.settings.onEvent !== null || this.#listening.subscriptions.size > 0;
  }

  emit(event: CacheEvent): void {
    if (event.type !== "hit") this.#listening.observer?.happened(this.name, event);
    const { onEvent } = this.settings;
    if (onEvent) callListener(() => onEvent(event));
    for (const { listener, cache } of this.#listening.subscriptions)
      if (cache === null || cache === this.name) callListener(() => listener(event));
  }

  /**
   * Makes `idle` wait for the work, whether or not something else does.
   * @param failed is called if the work rejects; left out if that is left to others
   */
  track<T>(work: Promise<T>, failed?: (error: unknown) => void): Promise<T> {
    const end = (): void => {
      // As with loads, the set goes with the last of them.
      if (this.#underWay.size === 1) this.#underWay = new Set();
      else this.#underWay.delete(tracked);
    };
    const tracked: Promise<unknown> = work.then(end, (error) => {
      end();
      failed?.(error);
    });
    this.#underWay.add(tracked);
    return work;
  }

  /** Returns whether a load, a refresh or a write is under way. */
  get isBusy(): boolean {
    return this.#underWay.size > 0;
  }

  /**
   * Resolves when no load, no refresh and no write is under way, and no caller is about to begin
   * one.
   */
  async idle(): Promise<void> {
    for (let jobs = 0; jobs < mostJobsBetween; jobs++) {
      if (this.isBusy) jobs = 0;
      await (this.isBusy ? Promise.all(this.#underWay) : null);
    }
  }

  versionKey(tag: string): string {
    return versionKeyOf(this.settings.namespace, tag);
  }

  fenceKey(kind: string): string {
    return fenceKeyOf(this.settings.namespace, kind);
  }

  /**
   * Returns the keys to delete so that a tag is invalidated: its fence, if it has one, before its
   * version. Throws a ConfigError.
   */
  namesOf(tag: string): { readonly fences: readonly string[]; readonly keys: readonly string[] } {
    if (typeof tag !== "string" || tag === "") {
      throw new ConfigError(`invalidateTag takes the tag's text, but got: ${show(tag)}.`);
    }
    const names = invalidationKeysOf(this.settings.namespace, tag);
    return { fences: names.slice(0, -1), keys: names.slice(-1) };
  }

  /** Invalidates a tag with one command, however many entries carry it. */
  async invalidateTag(tag: string): Promise<void> {
    const { fences, keys } = this.namesOf(tag);
    const names = [...fences, ...keys];
    await this.#invalidate("invalidateTag", [tag], names, { inOrder: true });
  }

  /**
   * Deletes what is stored at the keys, including leases, so that no write under way can bring it
   * back. Rejects if that failed.
   */
  async invalidateKeys(keys: readonly string[], options?: DeleteOptions): Promise<void> {
    const failures: BackendError[] = [];
    // Everything that can be deleted is, whatever happens to the rest.
    for (const part of piecesFor(this.settings.backend, keys)) {
      await this.#invalidate("delete", part, part, options).catch((error: BackendError) => {
        failures.push(error);
      });
    }
    if (failures[0]) throw failures[0];
  }

  /** Invalidates several tags, and entries, at once. The fences are deleted first. */
  async invalidateAll(fences: readonly string[], keys: readonly string[]): Promise<void> {
    const isOneByOne = this.settings.backend.keysPerRead === 1;
    if (fences.length === 0 || !isOneByOne)
      return this.invalidateKeys([...fences, ...keys], { inOrder: fences.length > 0 });
    // A Cluster takes a command for each key. Waiting for each of them in turn would take as many
    // round trips.
    const failed = await this.invalidateKeys(fences).catch((error: BackendError) => error);
    await this.invalidateKeys(keys);
    if (failed) throw failed;
  }

  /** @param names what the command deletes */
  async #invalidate(
    task: BackendTask,
    keys: readonly string[],
    names: readonly string[],
    options?: DeleteOptions,
  ): Promise<void> {
    try {
      await this.ask(task, keys, (backend) => backend.delete(names, options));
    } catch (error) {
      this.#distrust();
      if (this.settings.onOutage !== "replay") throw error;
      this.#lost.add(names);
      this.#replayLater();
      throw keptError(error as BackendError);
    }
  }

  #noticeBreaker(state: BreakerState, error: BackendError | null): void {
    if (state === "open" && this.settings.onOutage === "flush") this.#distrust();
    this.emit({ type: "breaker", state, error });
  }

  /** Records that stored entries may be older than what was invalidated. */
  #distrust(): void {
    if (this.epochKey !== null) this.#doubts++;
  }

  #isDoubtful(): boolean {
    return this.#doubts !== this.#settledDoubts;
  }

  /**
   * Makes up for what was not invalidated. Rejects while the backend can't be used; then nothing is
   * read from it either.
   */
  #settle(): Promise<void> {
    const doubts = this.#doubts;
    const isKept = this.settings.onOutage === "replay" && !this.#lost.isOverflowing;
    this.#settling ??= (isKept ? this.#replay() : this.#flush())
      .then(() => {
        this.#settledDoubts = doubts;
        if (!this.#isDoubtful()) this.#endReplays();
      })
      .finally(() => (this.#settling = null));
    return this.#settling;
  }

  /** Invalidates all entries, in one command. */
  async #flush(): Promise<void> {
    const epochKey = this.epochKey as string;
    await this.ask("delete", [epochKey], (backend) => backend.delete([epochKey]));
    this.#lost.clear();
    this.emit({ type: "flush" });
  }

  /** Carries out the invalidations that were kept, in their order. */
  async #replay(): Promise<void> {
    for (const part of piecesFor(this.settings.backend, this.#lost.names)) {
      // An invalidation that is lost again meanwhile has to be carried out again.
      this.#lost.remove(part);
      try {
        await this.ask("delete", part, (backend) => backend.delete(part, { inOrder: true }));
      } catch (error) {
        this.#lost.add(part);
        throw error;
      }
      this.emit({ type: "replay", keys: part });
    }
  }

  /**
   * Other processes read the outdated entries until the lost invalidations are carried out, whether
   * this process reads or not.
   */
  #replayLater(): void {
    const { clock, guard } = this.settings;
    this.#cancelReplay ??= clock.after(guard.breakerMs, () => {
      this.#cancelReplay = null;
      void this.track(this.replayNow().catch(() => this.#replayLater()));
    });
  }

  /**
   * Carries out the invalidations that an outage has left. Rejects while the backend can't be used.
   */
  async replayNow(): Promise<void> {
    while (this.settings.onOutage === "replay" && this.#isDoubtful()) await this.#settle();
  }

  #endReplays(): void {
    this.#cancelReplay?.();
    this.#cancelReplay = null;
  }
}

function keptError({ operation, keys, message, cause }: BackendError): BackendError {
  const kept =
    "It is kept, and is carried out as soon as possible if this process still runs then.";
  return new BackendError(operation, keys, `${message} ${kept}`, { cause, kept: true });
}

interface LeasedAnswers {
  readonly values: Answers;
  readonly leased: readonly boolean[];
}

const noneLeased: readonly boolean[] = [];
