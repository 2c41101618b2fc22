import test from "ava";

/**
 * This test visits every state of the protocol with writers that have transactions, on a small
 * scale: three callers, each in a process of its own, and two writers that begin, hold, commit or
 * roll back, release, or die at any moment. The holds of dead writers run out, and leases end, at
 * any time. Callers that share a load are left out, because `model.test.ts` has them. Every request
 * is carried out at one moment, and its caller reacts to the answer later. The model goes through
 * all orders of these steps.
 */

interface Rules {
  readonly by: "key" | "tag";
  /** The transaction holds what it writes, from before its first write. */
  readonly holds: boolean;
  /** A writer may die. */
  readonly crashes: boolean;
  /** What should follow the commit is done before it. */
  readonly commitsLate?: boolean;
  /** The end of one hold ends all holds. */
  readonly uncounted?: boolean;
  /**
   * A read is stale if it returns less than was committed before the read began, even though
   * nothing was acknowledged yet.
   */
  readonly strict?: boolean;
}

/** The phases of a writer. */
const Writer = { toCome: 0, writing: 1, committed: 2, released: 3, dead: 4, over: 5 } as const;
/** The phases of a caller. */
const Caller = { toCome: 0, reading: 1, missed: 2, loading: 3, loaded: 4, done: 5 } as const;

interface State {
  /** The number of transactions that have committed, which is the newest value. */
  readonly truth: number;
  readonly writers: readonly WriterState[];
  /** The value that is stored, or null if there is none. */
  readonly payload: number | null;
  /**
   * Whether the version of the value is the current one. A version that is gone never comes back,
   * and so all such versions are alike.
   */
  readonly isCurrent: boolean;
  readonly hasVersion: boolean;
  /** The caller that has a lease at the key. */
  readonly lease: number | null;
  readonly callers: readonly CallerState[];
}

interface WriterState {
  readonly phase: number;
  readonly isHolding: boolean;
  /** The value that it has committed, or 0 if it has committed nothing yet. */
  readonly value: number;
}

interface CallerState {
  readonly phase: number;
  /** A value below this one is stale. */
  readonly floor: number;
  readonly value: number;
  readonly version: "unknown" | "current" | "gone" | "refused";
  readonly hasAsked: boolean;
}

const newCaller: CallerState = {
  phase: Caller.toCome,
  floor: 0,
  value: 0,
  version: "unknown",
  hasAsked: false,
};

class Model {
  stale = false;

  constructor(readonly rules: Rules) {}

  /** Counts the states, up to the first stale read if there is one. */
  explore(): number {
    const writer: WriterState = { phase: Writer.toCome, isHolding: false, value: 0 };
    const first: State = {
      ...{ truth: 0, payload: null, isCurrent: false, hasVersion: false, lease: null },
      ...{ writers: [writer, writer], callers: [newCaller, newCaller, newCaller] },
    };
    const seen = new Set<string>([encode(first)]);
    const open: State[] = [first];
    for (let state = open.pop(); state && !this.stale; state = open.pop()) {
      for (const next of this.#next(state)) {
        const code = encode(next);
        if (seen.has(code)) continue;
        seen.add(code);
        open.push(next);
      }
    }
    return seen.size;
  }

  *#next(state: State): Iterable<State> {
    for (const i of state.writers.keys()) yield* this.#stepWriter(state, i);
    for (const i of state.callers.keys()) yield* this.#stepCaller(state, i);
    if (state.lease !== null) yield { ...state, lease: null };
  }

  *#stepWriter(state: State, i: number): Iterable<State> {
    const { holds, crashes, commitsLate } = this.rules;
    const writer = state.writers[i] as WriterState;
    const to = (from: State, change: Partial<WriterState>): State => withWriter(from, i, change);
    const commit = (from: State): State =>
      to({ ...from, truth: from.truth + 1 }, { value: from.truth + 1 });
    switch (writer.phase) {
      case Writer.toCome:
        yield holds
          ? this.#end(to(state, { phase: Writer.writing, isHolding: true }))
          : to(state, { phase: Writer.writing });
        return;
      case Writer.writing:
        if (commitsLate) yield to(this.#release(state, i), { phase: Writer.committed });
        else yield to(commit(state), { phase: Writer.committed });
        // The transaction is rolled back.
        yield to(holds ? this.#release(state, i) : state, { phase: Writer.over });
        if (crashes) yield to(state, { phase: Writer.dead });
        return;
      case Writer.committed:
        yield to(commitsLate ? commit(state) : this.#release(state, i), { phase: Writer.released });
        if (crashes && !commitsLate) yield to(state, { phase: Writer.dead });
        return;
      case Writer.released:
        // The transaction is acknowledged.
        yield to(state, { phase: Writer.over });
        return;
      case Writer.dead:
        // The hold runs out. Nobody invalidates what its writer has written.
        yield to(writer.isHolding ? this.#release(state, i) : state, { phase: Writer.over });
    }
  }

  /** Ends the hold, and whatever it is on if nobody else holds that. */
  #release(state: State, i: number): State {
    const writers = state.writers.map((writer, at) =>
      at === i || this.rules.uncounted ? { ...writer, isHolding: false } : writer,
    );
    const released = { ...state, writers };
    return isHeld(released) ? released : this.#end(released);
  }

  /** Ends the entry, as an invalidation and the beginning of a hold do. */
  #end(state: State): State {
    if (this.rules.by === "key") return { ...state, payload: null, isCurrent: false, lease: null };
    const callers = state.callers.map((one) =>
      one.version === "current" ? { ...one, version: "gone" as const } : one,
    );
    return { ...state, hasVersion: false, isCurrent: false, callers };
  }

  *#stepCaller(state: State, i: number): Iterable<State> {
    const caller = state.callers[i] as CallerState;
    const byTag = this.rules.by === "tag";
    const to = (from: State, change: Partial<CallerState>): State => withCaller(from, i, change);
    switch (caller.phase) {
      case Caller.toCome:
        yield to(state, { phase: Caller.reading, floor: this.#floorOf(state) });
        return;
      case Caller.reading:
        if (state.payload !== null && (!byTag || state.isCurrent))
          yield this.#return(state, i, state.payload);
        else
          yield to(state, {
            phase: Caller.missed,
            version: byTag && state.hasVersion ? "current" : "unknown",
          });
        return;
      case Caller.missed:
        // The lease and the version are asked for at once, and either may be carried out first.
        if (!caller.hasAsked) {
          const isRefused = state.lease !== null || (!byTag && isHeld(state));
          yield isRefused
            ? to(state, { hasAsked: true })
            : to({ ...state, lease: i }, { hasAsked: true });
          // The request is not answered, or the caller has waited for long enough.
          yield to(state, { hasAsked: true });
        }
        if (byTag && caller.version === "unknown")
          yield isHeld(state)
            ? to(state, { version: "refused" })
            : to({ ...state, hasVersion: true }, { version: "current" });
        if (caller.hasAsked && !(byTag && caller.version === "unknown"))
          yield to(state, { phase: Caller.loading });
        return;
      case Caller.loading:
        yield to(state, { phase: Caller.loaded, value: state.truth });
        return;
      case Caller.loaded:
        yield this.#write(this.#return(state, i, caller.value), i, caller);
    }
  }

  #floorOf({ truth, writers }: State): number {
    if (this.rules.strict) return truth;
    return Math.max(
      0,
      ...writers.filter(({ phase }) => phase === Writer.over).map(({ value }) => value),
    );
  }

  #return(state: State, i: number, value: number): State {
    if (value < (state.callers[i] as CallerState).floor) this.stale = true;
    return withCaller(state, i, { ...newCaller, phase: Caller.done });
  }

  /** Stores the value with its lease, and with a version if it takes one. */
  #write(state: State, i: number, { value, version }: CallerState): State {
    if (state.lease !== i) return state;
    if (this.rules.by === "key") return { ...state, lease: null, payload: value };
    if (version === "refused") return { ...state, lease: null };
    return { ...state, lease: null, payload: value, isCurrent: version === "current" };
  }
}

function isHeld({ writers }: State): boolean {
  return writers.some(({ isHolding }) => isHolding);
}

function withWriter(state: State, i: number, change: Partial<WriterState>): State {
  return {
    ...state,
    writers: state.writers.map((one, at) => (at === i ? { ...one, ...change } : one)),
  };
}

function withCaller(state: State, i: number, change: Partial<CallerState>): State {
  return {
    ...state,
    callers: state.callers.map((one, at) => (at === i ? { ...one, ...change } : one)),
  };
}

/**
 * Returns the same code for states that differ only in how the callers, or the writers, are
 * numbered.
 */
function encode({ truth, writers, payload, isCurrent, hasVersion, lease, callers }: State): string {
  const ofWriters = writers
    .map(({ phase, isHolding, value }) => `${phase}${Number(isHolding)}${value}`)
    .sort();
  const ofCallers = callers.map(
    ({ phase, floor, value, version, hasAsked }, i) =>
      `${phase}${floor}${value}${version[0]}${Number(hasAsked)}${Number(lease === i)}`,
  );
  return [
    truth,
    payload ?? "-",
    Number(isCurrent),
    Number(hasVersion),
    ...ofWriters,
    ...ofCallers.sort(),
  ].join();
}

for (const by of ["key", "tag"] as const) {
  const held = { by, holds: true, crashes: true };
  test.serial(
    `no order of events makes a read stale that begins after a commit, if writers hold by ${by} and die`,
    (t) => {
      const model = new Model({ ...held, strict: true });
      const count = model.explore();
      t.log(`${count} states`);
      t.false(model.stale);
      t.true(count > 40_000, "the whole space was explored");
    },
  );

  test.serial(
    `no read is stale after an acknowledgement, if invalidations by ${by} wait for the commit without a hold`,
    (t) => {
      const model = new Model({ by, holds: false, crashes: false });
      t.log(`${model.explore()} states`);
      t.false(model.stale);
    },
  );

  const mutants: [what: string, rules: Rules][] = [
    ["a writer dies without a hold", { ...held, holds: false }],
    ["holds are released before the commit", { ...held, commitsLate: true }],
    ["holds are not counted", { ...held, uncounted: true }],
    [
      "collected invalidations are carried out before the commit",
      { by, holds: false, crashes: false, commitsLate: true },
    ],
  ];
  for (const [what, rules] of mutants) {
    test.serial(`by ${by} a read is stale when ${what}`, (t) => {
      const model = new Model(rules);
      t.log(`found after ${model.explore()} states`);
      t.true(model.stale);
    });
  }
}
