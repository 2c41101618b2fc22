import { type ContextStorage, runAs } from "../user-code/context-storage";
import { type Cache } from "../cache/cache";
import { sharedInProcess } from "../cache/shared-state";
import { type BackendError } from "../errors";
import { carryOutAll, committedError } from "./carry-out";
import { type Hold } from "./holds";
import { type Invalidation, namesIn } from "./invalidation";

/** The async context of a transaction, and what its code has invalidated so far. */
export class Scope {
  /** The scope around this one, or null. */
  readonly outer: Scope | null;
  hasEnded = false;
  /** Whether it commits by itself, whatever happens to the scope around it. */
  readonly #isIndependent: boolean;
  readonly #overdueMs: number;
  readonly #collected: Invalidation[] = [];
  readonly #holds: Hold[] = [];
  /**
   * For a synchronous transaction, whose end no caller awaits: settles when what was collected has
   * been carried out.
   */
  readonly #outcome: Outcome | null;
  /** The names that reads in this scope no longer take from the cache, by the cache's name. */
  readonly #ended = new Map<string, Set<string>>();
  #cancelTimer: (() => void) | null = null;
  #isOverdue = false;

  constructor(outer: Scope | null, { independent, overdueMs, isSynchronous }: ScopeOptions) {
    this.outer = outer;
    this.#isIndependent = independent;
    this.#overdueMs = overdueMs;
    this.#outcome = isSynchronous ? createOutcome() : null;
  }

  /**
   * Keeps an invalidation for the commit. In a scope that takes too long it is also carried out
   * immediately. It resolves immediately, but in a synchronous transaction when the invalidation
   * has been carried out or dropped.
   */
  async collect(one: Invalidation): Promise<void> {
    const { cache } = one;
    this.#remember(one);
    if (this.#outcome) return void (await this.#outcome.promise);
    this.#waitForEnd(cache);
    if (!this.#isOverdue) return;
    await one.carryOut();
    one.report();
  }

  get isSynchronous(): boolean {
    return this.#outcome !== null;
  }

  /** Keeps a hold until the transaction ends. */
  add(hold: Hold): void {
    this.#holds.push(hold);
    this.#waitForEnd(hold.cache);
    if (this.#isOverdue) hold.stopRenewing();
  }

  /** Whether a hold that ends with this scope, or later, is on the name. */
  holds(cache: string, name: string): boolean {
    if (this.#holds.some((hold) => hold.cache.name === cache && hold.has(name))) return true;
    return !this.#isIndependent && (this.outer?.holds(cache, name) ?? false);
  }

  #waitForEnd({ settings }: Cache): void {
    this.#cancelTimer ??= settings.clock.after(this.#overdueMs, () => this.#giveUpWaiting());
  }

  #remember(one: Invalidation): void {
    const { name } = one.cache;
    let ended = this.#ended.get(name);
    if (!ended) this.#ended.set(name, (ended = new Set()));
    const names = namesIn(one);
    if (names.every((each) => ended.has(each))) return;
    for (const each of names) ended.add(each);
    this.#collected.push(one);
  }

  /** Whether this scope, or one around it, has invalidated or held one of these names. */
  hasInvalidated(cache: string, names: readonly string[]): boolean {
    const ended = this.#ended.get(cache);
    if (ended && names.some((name) => ended.has(name))) return true;
    if (
      this.#holds.some((hold) => hold.cache.name === cache && names.some((name) => hold.has(name)))
    )
      return true;
    return this.outer?.hasInvalidated(cache, names) ?? false;
  }

  /**
   * Called when the transaction has committed. Resolves when what was collected is carried out, or
   * passed to the outer scope.
   */
  async commit(): Promise<void> {
    this.#close();
    const outer = this.#openOuter();
    for (const hold of this.#holds) outer?.add(hold);
    const done = outer
      ? Promise.all(this.#collected.map((one) => outer.collect(one)))
      : carryOutAll(this.#collected, this.#holds);
    this.#outcome?.settle(
      done.catch((error: unknown) => {
        throw committedError(error as BackendError);
      }),
    );
    await done;
  }

  /**
   * Called when it is not known whether the transaction has committed, or still will. Its holds are
   * left to run out, because a COMMIT that is under way may be carried out after everything that is
   * done here.
   */
  async commitPerhaps(): Promise<void> {
    if (this.#openOuter()) return this.commit();
    this.#close();
    for (const hold of this.#holds) hold.stopRenewing();
    // Keys that are still held stay as they are.
    const lapsed = this.#holds.map(({ cache, names }) => {
      return {
        cache,
        fences: [],
        keys: names,
        carryOut: () => cache.invalidateKeys(names),
        report() {},
      };
    });
    await carryOutAll([...this.#collected, ...lapsed]);
  }

  /**
   * Called when the transaction was rolled back, so that nothing has changed. A hold that can't be
   * ended now runs out by itself.
   */
  async rollBack(): Promise<void> {
    this.#close();
    this.#outcome?.settle();
    await carryOutAll([], this.#holds).catch(() => {});
  }

  #openOuter(): Scope | null {
    return this.#isIndependent ? null : this.outer && nearestOpen(this.outer);
  }

  #close(): void {
    this.hasEnded = true;
    this.#cancelTimer?.();
    this.#ended.clear();
  }

  /** Emits an event in each cache in which something was invalidated. */
  emit(what: "unknown-outcome" | "overdue", message: string): void {
    const caches = new Set([...this.#collected, ...this.#holds].map(({ cache }) => cache));
    for (const cache of caches)
      cache.emit({ type: "transaction", what, keys: this.#namesOf(cache), message });
  }

  #namesOf(cache: Cache): readonly string[] {
    const names = this.#collected.filter((one) => one.cache === cache).flatMap(namesIn);
    const held = this.#holds.filter((hold) => hold.cache === cache).flatMap((hold) => hold.names);
    return [...new Set([...names, ...held])];
  }

  /**
   * Called when the scope takes too long, because its end may never come. What is carried out
   * before the commit is carried out again after it.
   */
  #giveUpWaiting(): void {
    this.#isOverdue = true;
    // A transaction that hangs must not keep others from storing forever.
    for (const hold of this.#holds) hold.stopRenewing();
    const [first] = this.#collected;
    this.emit(
      "overdue",
      `This was invalidated in a transaction that has not ended after ${this.#overdueMs} ms. It is carried out now, and again when the transaction commits. Holds are no longer renewed.`,
    );
    // A failure is an event of the cache.
    void first?.cache.track(carryOutAll(this.#collected.slice()).catch(() => {}));
  }
}

export interface ScopeOptions {
  readonly independent: boolean;
  readonly overdueMs: number;
  /**
   * Called for a function that returns when the transaction has ended, so that none of its code
   * runs later.
   */
  readonly isSynchronous?: boolean;
}

interface Outcome {
  readonly promise: Promise<unknown>;
  settle(done?: Promise<unknown>): void;
}

function createOutcome(): Outcome {
  let settle: Outcome["settle"] = () => {};
  const promise = new Promise<unknown>((resolve) => (settle = resolve));
  // A failure is reported to the callers that have invalidated something, and there may be none.
  promise.catch(() => {});
  return { promise, settle };
}

/**
 * Holds the scope of the current code. There is no storage until `transactional` is used for the
 * first time.
 */
export const scopes = sharedInProcess<ContextStorage<Scope>>("scopes", () => ({ storage: null }));

/** Returns the scope of the current code that has not ended, or null. */
export function openScope(): Scope | null {
  const scope = scopes.storage?.getStore();
  return scope ? nearestOpen(scope) : null;
}

/**
 * A scope that has ended passes invalidations that come late in its context on to the scope around
 * it.
 */
function nearestOpen(scope: Scope): Scope | null {
  let one: Scope | null = scope;
  while (one?.hasEnded) one = one.outer;
  return one;
}

/** Runs `fn` in the scope: everything that it calls, also after an `await`, belongs to it. */
export function runWithin<T>(scope: Scope, fn: () => T): T {
  return runAs(scopes, scope, fn);
}
