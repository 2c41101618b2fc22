import { type Cache } from "../cache/cache";
import { type Wanted } from "../cache/found";
import { registry } from "../cache/registry";
import { sharedInProcess } from "../cache/shared-state";
import { type Entry } from "../entry/entry";
import { type Divergence, type DivergedEvent } from "../events";
import { type BoundPlan } from "../loads/bound-plan";
import { makesSameKeys } from "../loads/call-keys";
import { hitAmong } from "../loads/judge";
import { keysToRead } from "../loads/lookup";
import { type Runner } from "../loads/run-loads";
import { encode } from "../loads/store";
import { CallerContext } from "../user-code/caller-context";
import { Budget } from "./budget";
import { differenceOf } from "./difference";
import { explain } from "./explain";
import { Recent } from "./recent";

/**
 * A call of a cached function in a form that can be repeated: with its arguments, and in the async
 * context of its caller.
 */
export interface Call {
  readonly bound: BoundPlan;
  readonly self: unknown;
  readonly runner: Runner;
  readonly wanted: Wanted;
}

/** A call whose loader can be run again at any time. */
interface Witness extends Call {
  readonly context: CallerContext;
}

/** The call that loaded what is stored, if this process made it. */
interface Loaded extends Witness {
  readonly at: number;
}

/** What was found about an entry. It is reported once. */
interface Known {
  readonly entry: Entry;
}

/** A hit that differs from what the loader returns, for as long as the reason is not known. */
interface Suspect {
  readonly witnesses: Witness[];
}

const mostWitnesses = 4;
const mostRemembered = 1_000;
/** The number is limited because async contexts keep the data of their requests in memory. */
const mostLoaders = 100;

/** The verifiers of caches, for those that have verified something. */
const verifiers = sharedInProcess("verifiers", () => new WeakMap<Cache, Verifier>());

export function verifierOf(cache: Cache): Verifier {
  let verifier = verifiers.get(cache);
  if (!verifier) verifiers.set(cache, (verifier = new Verifier(cache)));
  return verifier;
}

/**
 * Notifies the verifier of the cache, if it has one, of what has been invalidated: the keys of
 * entries, versions and fences.
 */
export function recordInvalidated(cache: Cache, names: readonly string[]): void {
  verifiers.get(cache)?.recordInvalidated(names);
}

/**
 * Runs the loader in the background for some hits as well, and compares the results. A difference
 * counts if the same entry still differs after a lag, in which an invalidation that was under way
 * has arrived. Then the loader is run again, and also for other callers of the key, to find out
 * why.
 */
export class Verifier {
  readonly #cache: Cache;
  readonly #budget: Budget;
  readonly #suspects = new Map<string, Suspect>();
  readonly #loaded = new Recent<string, Loaded>(mostLoaders);
  readonly #invalidatedAt = new Recent<string, number>(mostRemembered);
  readonly #known = new Recent<string, Known>(mostRemembered);
  /**
   * The names of functions that return something else each time. Verifying their hits says nothing
   * about what is stored.
   */
  readonly #nondeterministic = new Set<string>();

  constructor(cache: Cache) {
    this.#cache = cache;
    this.#budget = new Budget(cache.settings.clock, cache.settings.verify);
  }

  recordInvalidated(names: readonly string[]): void {
    for (const name of names) this.#invalidatedAt.set(name, this.#cache.settings.clock.now());
  }

  /**
   * Calls are chosen at random. While a key is suspected, all of its calls are recorded as
   * witnesses.
   */
  isDrawn(share: number): boolean {
    return this.#suspects.size > 0 || this.#cache.settings.random() < share;
  }

  /**
   * Verifies what the call gets, if it is a hit. It must be called where the call is made, in its
   * async context.
   */
  offer(call: Call): void {
    const suspect = this.#suspects.get(call.wanted.key);
    if (suspect) {
      if (suspect.witnesses.length < mostWitnesses)
        suspect.witnesses.push({ ...call, context: new CallerContext() });
      return;
    }
    const { name } = call.bound.plan;
    if (this.#nondeterministic.has(name) || !this.#isQuiet() || !this.#budget.allows(name)) return;
    // No caller waits for it, and a failure doesn't concern any caller.
    this.#verify({ ...call, context: new CallerContext() }).catch(() => {});
  }

  /**
   * Runs the loader for a caller, whose context and arguments are kept in case that what it returns
   * is found to differ.
   */
  load<T>(name: string, calls: () => readonly Call[], run: () => T): Promise<Awaited<T>> {
    const at = this.#cache.settings.clock.now();
    const context = new CallerContext();
    try {
      for (const call of calls().slice(0, mostLoaders))
        this.#loaded.set(call.wanted.key, { ...call, context, at });
    } catch {
      // A mistake in the arguments is reported by the call itself.
    }
    return this.#budget.watch(name, run);
  }

  #isQuiet(): boolean {
    return (
      this.#cache.isReachable() &&
      registry.caches.get(this.#cache.name) === this.#cache &&
      registry.enabled
    );
  }

  async #verify(call: Witness): Promise<void> {
    const entry = await this.#peek(call);
    if (!entry) return;
    const { key } = call.wanted;
    const known = this.#known.get(key);
    if (known && isSame(known.entry, entry)) return this.#count(call, true);
    const loaded = await this.#run(call);
    if (this.#suspects.has(key)) return;
    if (differenceOf(this.#storedIn(call, entry), loaded) === null) return this.#count(call, false);
    const suspect: Suspect = { witnesses: [] };
    this.#suspects.set(key, suspect);
    try {
      await this.#investigate(call, entry, suspect);
    } finally {
      this.#suspects.delete(key);
    }
  }

  async #investigate(call: Witness, entry: Entry, suspect: Suspect): Promise<void> {
    const { lagMs } = this.#cache.settings.verify;
    const stored = this.#storedIn(call, entry);
    await this.#pause(lagMs);
    if (!(await this.#stillHas(call, entry))) return this.#count(call, false);
    const second = await this.#run(call);
    if (differenceOf(stored, second) === null) return this.#count(call, false);
    // The data doesn't change within a moment, but the time does.
    await this.#pause(Math.max(Math.ceil(lagMs / 10), 20));
    const third = await this.#run(call);
    if (!(await this.#stillHas(call, entry))) return this.#count(call, false);
    const own = differenceOf(second, third);
    if (own !== null) return this.#report(call, entry, "nondeterministic", own);
    const path = differenceOf(stored, third) as string;
    const others = await this.#differenceOfCallers(call, third, suspect);
    if (others !== null) return this.#report(call, entry, "incomplete-key", others);
    this.#report(call, entry, this.#whyOutdated(call), path);
  }

  /**
   * Returns where the loader's result differs for another caller of the same key, each time it is
   * run.
   */
  async #differenceOfCallers(
    call: Witness,
    own: unknown,
    { witnesses }: Suspect,
  ): Promise<string | null> {
    const loaded = this.#loaded.get(call.wanted.key);
    for (const witness of loaded ? [loaded, ...witnesses] : witnesses) {
      const path = await this.#differenceFrom(witness, call, own).catch(() => null);
      if (path !== null) return path;
    }
    return null;
  }

  async #differenceFrom(witness: Witness, call: Witness, own: unknown): Promise<string | null> {
    const theirs = await this.#run(witness);
    const path = differenceOf(own, theirs);
    if (path === null) return null;
    // If the data has changed between the two runs, the comparison says nothing.
    const isStable =
      differenceOf(theirs, await this.#run(witness)) === null &&
      differenceOf(own, await this.#run(call)) === null;
    return isStable ? path : null;
  }

  /** The entry is valid by its tags, so that nothing has invalidated it since it was stored. */
  #whyOutdated({ bound, wanted: { key, versionKeys } }: Witness): Divergence {
    const loadedAt = this.#loaded.get(key)?.at;
    const times = [key, ...versionKeys, ...bound.fenceKeys].map(
      (name) => this.#invalidatedAt.get(name) ?? -Infinity,
    );
    const invalidatedAt = Math.max(...times);
    if (loadedAt === undefined || invalidatedAt === -Infinity) return "no-invalidation";
    if (invalidatedAt > loadedAt) return "unknown";
    return loadedAt - invalidatedAt <= this.#cache.settings.verify.lagMs
      ? "lagging-source"
      : "no-invalidation";
  }

  #report(call: Witness, entry: Entry, verdict: Divergence, path: string): void {
    const { bound, wanted } = call;
    const { name } = bound.plan;
    if (verdict === "nondeterministic") this.#nondeterministic.add(name);
    else {
      this.#known.set(wanted.key, { entry });
      this.#count(call, true);
    }
    const { message, places } = explain(bound, verdict, path, this.#cache.settings.verify.lock);
    const event: DivergedEvent = {
      type: "diverged",
      name,
      key: wanted.key,
      path,
      verdict,
      places,
      message,
    };
    call.context.run(() => this.#cache.emit(event));
  }

  #count({ bound }: Witness, hasDiverged: boolean): void {
    const { counters } = bound.account;
    counters.verified++;
    if (hasDiverged) counters.diverged++;
  }

  async #stillHas(call: Witness, entry: Entry): Promise<boolean> {
    const now = await this.#peek(call);
    return now !== null && isSame(now, entry);
  }

  #peek({ bound, wanted, context }: Witness): Promise<Entry | null> {
    return within(context, async () =>
      hitAmong(bound, wanted, await bound.cache.read(keysToRead(wanted), bound.reading)),
    );
  }

  /**
   * Returns the loader's result for that caller after a round trip through the codec. Rejects if it
   * can't be determined.
   */
  async #run({ bound, self, runner, wanted, context }: Witness): Promise<unknown> {
    if (!this.#isQuiet()) throw new Error("The store is in trouble.");
    if (!makesSameKeys(bound, self, wanted))
      throw new Error("The arguments have changed since the call.");
    const run = (): Promise<unknown> => within(context, async () => runner.run([wanted], null));
    const result = await this.#cache.track(this.#budget.load(bound.plan.name, run));
    return within(context, async () => {
      const payload = encode(bound, wanted.key, runner.values(result, [wanted])[0]);
      if (payload === null) throw new Error("The result has no encoded form.");
      return bound.codec.decode(typeof payload === "string" ? Buffer.from(payload) : payload);
    });
  }

  #storedIn({ bound }: Witness, { payload }: Entry): unknown {
    return bound.codec.decode(payload);
  }

  /** Nothing waits for it, and the process may end before it does. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#cache.settings.clock.after(ms, resolve));
  }
}

function isSame(one: Entry, other: Entry): boolean {
  return one.id === other.id && one.payload.equals(other.payload);
}

/** Runs the work in another async context. */
function within<T>(context: CallerContext, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => context.run(() => void work().then(resolve, reject)));
}
