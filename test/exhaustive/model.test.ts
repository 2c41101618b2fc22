import test from "ava";

/**
 * Every state of the protocol, small: two processes with two callers each, an update of
 * the source of truth and its invalidation, one eviction, leases that end at any time.
 * Every request is sent at one moment, carried out at a later one, and its answer judged
 * at a still later one; the model goes through all orders of all of these.
 *
 * Where the runtime decides by ids and clocks the model takes either way, so that it has
 * every behaviour of the runtime and some more. A read is stale when it returns the value
 * from before the update though the invalidation was acknowledged before it began.
 */

interface Rules {
  readonly by: "key" | "tag";
  /** A write does not check its lease. */
  readonly blindWrite?: boolean;
  /** A tag's version is read after the loader has ended, and not before it. */
  readonly lateVersions?: boolean;
  /**
   * A caller that waits for a load takes its value, although it came after the loader had started.
   */
  readonly joinersTake?: boolean;
}

// ---- The state is small numbers in an array. ----

/** 0 is the old value, and 1 is the new one. */
const truth = 0;
/**
 * 0: the update is to come, 1: the truth is updated, 2: the invalidation is carried out, 3: it is
 * acknowledged.
 */
const update = 1;
const evictionsLeft = 2;
/**
 * This is stored at the key. 0: no payload, 1: the old value, 2: the new one, 3: either, under a
 * version that is gone.
 */
const payload = 3;
/** The caller that has a lease at the key, counted from 1, or 0 if nobody has one. */
const lease = 4;
const leaseLive = 5;
/**
 * Whether the tag has a version. A version that is gone never comes back, and so all such versions
 * are alike.
 */
const version = 6;
/** For each process, the caller whose load is under way, counted from 1, or 0 if there is none. */
const flights = 7;
const callers = 9;

/** These are the fields of each caller. */
const phase = 0;
/** Whether its read began after the invalidation was acknowledged. */
const begunAfter = 1;
/** The value that its load read. */
const value = 2;
/** The version to store under. 0: unknown, 1: the current one, 2: one that is gone. */
const ownVersion = 3;
const leased = 4;
/** Whether it came before the load that is under way in its process started. */
const cameBefore = 5;
const fields = 6;
/** The number of values that each field has, in this order. */
const sizes = [10, 2, 2, 3, 2, 2];
const pairs = 960 ** 2;
const rest = [truth, update, evictionsLeft, payload, leaseLive, version];

function pair(a: number, b: number): number {
  return a < b ? a * 960 + b : b * 960 + a;
}

const Phase = {
  toCome: 0,
  /** The read is sent, and not carried out yet. */
  reading: 1,
  /** The answer, a miss, is on its way. */
  missed: 2,
  joined: 3,
  /** The caller owns the load from here on, and has asked for the lease. */
  acquiring: 4,
  acquired: 5,
  loaderStarted: 6,
  loaderRead: 7,
  /** The call has returned, and its write is on its way. */
  writing: 8,
  done: 9,
} as const;

type State = number[];

class Model {
  readonly #rules: Rules;
  readonly #callers: readonly number[];
  /** The process of each caller. */
  readonly #processes = [0, 0, 1, 1];
  stale = false;

  constructor(rules: Rules) {
    this.#rules = rules;
    this.#callers = this.#processes.map((_, i) => callers + i * fields);
  }

  /** Counts the states, up to the first stale read if there is one. */
  explore(): number {
    const first = Array<number>(callers + this.#callers.length * fields).fill(0);
    first[evictionsLeft] = 1;
    const seen = new Set<number>([this.#encode(first)]);
    const open: State[] = [first];
    for (let state = open.pop(); state && !this.stale; state = open.pop()) {
      this.#next(state, (next) => {
        const code = this.#encode(next);
        if (seen.has(code)) return;
        seen.add(code);
        open.push(next);
      });
    }
    return seen.size;
  }

  /**
   * Returns the same code for states that differ only in how the callers of a process, or the
   * processes, are numbered. A caller has 960 codes, there are four callers, and the rest has 4096
   * codes: 52 bits.
   */
  #encode(state: State): number {
    const [a, b, c, d] = this.#callers.map((at, i) => this.#encodeCaller(state, at, i));
    const [first, second] = [pair(a ?? 0, b ?? 0), pair(c ?? 0, d ?? 0)];
    let code = Math.min(first, second) * pairs + Math.max(first, second);
    for (const field of rest) code = code * 4 + (state[field] as number);
    return code;
  }

  #encodeCaller(state: State, at: number, i: number): number {
    let code = state[lease] === i + 1 ? 1 : 0;
    code = code * 2 + (state[flights + (this.#processes[i] as number)] === i + 1 ? 1 : 0);
    for (let field = 0; field < fields; field++) {
      code = code * (sizes[field] as number) + (state[at + field] as number);
    }
    return code;
  }

  /** Returns everything that can happen next. */
  #next(state: State, add: (next: State) => void): void {
    const step = (change: (next: State) => void): void => {
      const next = state.slice();
      change(next);
      if (!this.#rules.blindWrite) this.#dropWrites(next);
      add(next);
    };
    this.#stepUpdate(state, step);
    this.#stepStore(state, step);
    this.#callers.forEach((at, i) => this.#stepCaller(state, at, i + 1, step));
  }

  /** A caller that has lost its lease will store nothing, as if it had no lease. */
  #dropWrites(next: State): void {
    for (const [i, at] of this.#callers.entries()) {
      if (next[at + leased] === 0 || next[lease] === i + 1) continue;
      next[at + leased] = 0;
      if (next[at + phase] === Phase.writing) forget(next, at);
    }
  }

  #stepUpdate(state: State, step: Step): void {
    if (state[update] === 0) step((next) => ((next[update] = 1), (next[truth] = 1)));
    else if (state[update] === 1) step((next) => ((next[update] = 2), this.#invalidate(next)));
    else if (state[update] === 2) step((next) => (next[update] = 3));
  }

  #invalidate(next: State): void {
    if (this.#rules.by === "tag") this.#clearVersion(next);
    else clearKey(next);
  }

  #clearVersion(next: State): void {
    next[version] = 0;
    if (next[payload] !== 0) next[payload] = 3;
    for (const at of this.#callers) if (next[at + ownVersion] === 1) next[at + ownVersion] = 2;
  }

  /** The store does this by itself. */
  #stepStore(state: State, step: Step): void {
    if (state[evictionsLeft] === 1) {
      const key = state[payload] !== 0 || state[lease] !== 0;
      if (key) step((next) => (clearKey(next), (next[evictionsLeft] = 0)));
      if (state[version] !== 0)
        step((next) => (this.#clearVersion(next), (next[evictionsLeft] = 0)));
    }
    if (state[leaseLive] === 0) return;
    step((next) => (next[leaseLive] = 0));
    // A key that holds nothing but a lease ends with it.
    if (state[payload] === 0) step(clearKey);
  }

  #stepCaller(state: State, at: number, caller: number, step: Step): void {
    const flight = flights + (this.#processes[caller - 1] as number);
    switch (state[at + phase]) {
      case Phase.toCome:
        return step((next) => {
          next[at + begunAfter] = state[update] === 3 ? 1 : 0;
          this.#decide(next, at, flight);
        });
      case Phase.reading:
        if (state[payload] === 0 && state[lease] === 0)
          step((next) => (this.#read(next, at), this.#lease(next, at, caller)));
        return step((next) => this.#read(next, at));
      case Phase.missed:
        return step((next) => {
          if (next[flight] !== 0) return this.#decide(next, at, flight);
          next[flight] = caller;
          next[at + phase] = next[at + leased] === 1 ? Phase.acquired : Phase.acquiring;
        });
      case Phase.acquiring:
        this.#stepVersion(state, at, step);
        return this.#stepAcquire(state, at, caller, flight, step);
      case Phase.acquired:
        this.#stepVersion(state, at, step);
        if (this.#rules.lateVersions || this.#hasVersion(state, at))
          step((next) => this.#startLoader(next, at, flight));
        return;
      case Phase.loaderStarted:
        return step(
          (next) => (
            (next[at + phase] = Phase.loaderRead),
            (next[at + value] = next[truth] as number)
          ),
        );
      case Phase.loaderRead:
        if (this.#rules.lateVersions && !this.#hasVersion(state, at))
          return this.#stepVersion(state, at, step);
        return step((next) => this.#finish(next, at, flight));
      case Phase.writing:
        return step((next) => this.#write(next, at, caller));
    }
  }

  /** Joins the load that is under way in its process, or reads. */
  #decide(next: State, at: number, flight: number): void {
    next[at + phase] = next[flight] === 0 ? Phase.reading : Phase.joined;
    next[at + ownVersion] = 0;
    // The lease that came with the read is given back. Until then it is held, and nobody stores
    // under it.
    next[at + leased] = 0;
  }

  #read(next: State, at: number): void {
    if (next[payload] === 1 || next[payload] === 2)
      return this.#return(next, at, next[payload] - 1);
    next[at + phase] = Phase.missed;
    if (!this.#rules.lateVersions) next[at + ownVersion] = next[version] as number;
  }

  /** Takes the lease, with a request of its own or with the read of a batch. */
  #lease(next: State, at: number, caller: number): void {
    next[lease] = caller;
    next[leaseLive] = 1;
    next[at + leased] = 1;
  }

  #hasVersion(state: State, at: number): boolean {
    return this.#rules.by === "key" || state[at + ownVersion] !== 0;
  }

  /** Takes the current version, or creates one if the read has found none. */
  #stepVersion(state: State, at: number, step: Step): void {
    if (
      this.#hasVersion(state, at) ||
      (this.#rules.lateVersions && state[at + phase] !== Phase.loaderRead)
    )
      return;
    step((next) => {
      next[version] = 1;
      next[at + ownVersion] = 1;
    });
  }

  #stepAcquire(state: State, at: number, caller: number, flight: number, step: Step): void {
    const busy = state[lease] !== 0 && state[leaseLive] === 1;
    if (!busy) {
      step((next) => {
        this.#lease(next, at, caller);
        next[at + phase] = Phase.acquired;
      });
    }
    // Another entry may have come since this caller read, and so everybody reads again.
    if (state[payload] !== 0)
      step((next) => this.#endFlight(next, flight, (joined) => this.#decide(next, joined, flight)));
    // The caller has waited for long enough, or the backend does not answer. It loads without a
    // lease.
    step((next) => (next[at + phase] = Phase.acquired));
  }

  #startLoader(next: State, at: number, flight: number): void {
    next[at + phase] = Phase.loaderStarted;
    for (const [i, other] of this.#callers.entries()) {
      const arrived = next[other + phase] !== Phase.toCome;
      if (flights + (this.#processes[i] as number) === flight && arrived)
        next[other + cameBefore] = 1;
    }
  }

  /** Gives the value to its callers, and sends the write to the store. */
  #finish(next: State, at: number, flight: number): void {
    const loaded = next[at + value] as number;
    this.#endFlight(next, flight, (joined) => {
      if (joined === at || next[joined + cameBefore] === 1 || this.#rules.joinersTake)
        this.#return(next, joined, loaded);
      else this.#decide(next, joined, flight);
    });
    if (next[at + leased] === 0) return forget(next, at);
    next[at + phase] = Phase.writing;
    next[at + begunAfter] = 0;
  }

  /** Ends the load, and calls back for its owner and all callers that had joined it. */
  #endFlight(next: State, flight: number, each: (at: number) => void): void {
    const owner = next[flight] as number;
    next[flight] = 0;
    for (const [i, at] of this.#callers.entries()) {
      if (flights + (this.#processes[i] as number) !== flight) continue;
      if (i + 1 === owner || next[at + phase] === Phase.joined) each(at);
      next[at + cameBefore] = 0;
    }
  }

  #return(next: State, at: number, returned: number): void {
    if (next[at + begunAfter] === 1 && returned === 0) this.stale = true;
    next[at + phase] = Phase.done;
    if (next[at + leased] === 0) forget(next, at);
  }

  #write(next: State, at: number, caller: number): void {
    if (this.#rules.blindWrite || next[lease] === caller) {
      next[payload] = next[at + ownVersion] === 2 ? 3 : (next[at + value] as number) + 1;
      next[lease] = 0;
      next[leaseLive] = 0;
    }
    forget(next, at);
  }
}

type Step = (change: (next: State) => void) => void;

function clearKey(next: State): void {
  for (const field of [payload, lease, leaseLive]) next[field] = 0;
}

/** All callers that are done are alike. */
function forget(next: State, at: number): void {
  for (let field = 0; field < fields; field++) next[at + field] = 0;
  next[at + phase] = Phase.done;
}

for (const by of ["key", "tag"] as const) {
  test.serial(`no order of events makes a read stale after an invalidation by ${by}`, (t) => {
    const begun = Date.now();
    const model = new Model({ by });
    const count = model.explore();
    t.log(`${count} states in ${Date.now() - begun} ms`);
    t.false(model.stale);
    t.true(count > 50_000, "the whole space was explored");
  });
}

const mutants: [what: string, rules: Rules][] = [
  ["the write is blind", { by: "key", blindWrite: true }],
  ["the versions are read after the load", { by: "tag", lateVersions: true }],
  ["joiners take the flight's value, by key", { by: "key", joinersTake: true }],
  ["joiners take the flight's value, by tag", { by: "tag", joinersTake: true }],
];

for (const [what, rules] of mutants) {
  test.serial(`a read is stale when ${what}`, (t) => {
    const model = new Model(rules);
    t.log(`found after ${model.explore()} states`);
    t.true(model.stale);
  });
}
