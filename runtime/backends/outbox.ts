import { type Backend, mostKeysPerRead, type Values } from "./backend";
import { CallerContext } from "../user-code/caller-context";
import { type BackendError } from "../errors";

/** More are read in turns, so that each command's deadline is its own and not that of all before it. */
const mostKeysAtOnce = 4_096;

/** What stands at each key; undefined where the command that asked for it has failed. */
export type Answers = readonly (Buffer | null | undefined)[];

/** Nothing is known of any of the keys. */
export function noAnswers(keys: readonly string[]): Answers {
  return keys.map(() => undefined);
}

interface Reader {
  readonly keys: readonly string[];
  readonly resolve: (values: Values) => void;
  readonly reject: (error: BackendError, answers: Answers) => void;
  /** Sends it in another way; left out where there is none. */
  readonly sendAlone: (() => void) | undefined;
}

/** One command: calls back with the values at the keys, in their order. */
export type Fetch = (
  keys: readonly string[],
  resolve: (values: Values) => void,
  reject: (error: BackendError) => void,
) => void;

/**
 * Reads leave at the end of a tick, merged into few commands, with each key asked for
 * once. A read never joins a command that was already sent: what the server answers could
 * be older than what the caller knows to be true.
 */
export class Outbox {
  readonly #backend: Pick<Backend, "keysPerRead" | "together">;
  readonly #fetch: Fetch;
  #readers: Reader[] = [];

  /** @param fetch is given at most as many keys as the backend's reads may name */
  constructor(backend: Pick<Backend, "keysPerRead" | "together">, fetch: Fetch) {
    this.#backend = backend;
    this.#fetch = fetch;
  }

  /**
   * Calls back with the values at the keys; or, when all commands that they need have ended and one of them has failed,
   * with the reason and with what the others have answered.
   * @param sendAlone is called instead where the command would be for this read alone, and calls back by itself
   */
  read(
    keys: readonly string[],
    resolve: (values: Values) => void,
    reject: (error: BackendError, answers: Answers) => void,
    sendAlone?: () => void,
  ): void {
    if (this.#readers.length === 0) void ready.then(this.#waitForTick);
    this.#readers.push({ keys, resolve, reject, sendAlone });
  }

  /**
   * After the promise jobs that are ready now and those they make: callers that run in one
   * tick reach their reads at different depths of `await`. A tick callback set from within a
   * job runs when all jobs are done and before any I/O, so it delays nothing.
   */
  readonly #waitForTick = (): void => process.nextTick(this.#send);

  readonly #send = (): void => {
    const readers = this.#readers;
    // Closed before the first command is sent, so that nobody can join it.
    this.#readers = [];
    const [first] = readers as [Reader];
    try {
      const most = this.#backend.keysPerRead ?? mostKeysPerRead;
      if (readers.length > 1 || first.keys.length > most) this.#sendMerged(readers, most);
      else if (first.sendAlone) first.sendAlone();
      else this.#fetch(first.keys, first.resolve, (error) => first.reject(error, noAnswers(first.keys)));
    } catch (error) {
      // Nobody is above this in the stack: it would end the process.
      for (const { keys, reject } of readers) reject(error as BackendError, noAnswers(keys));
    }
  };

  #sendMerged(readers: readonly Reader[], most: number): void {
    const places = new Map<string, number>();
    const deliveries: Delivery[][] = [];
    for (const reader of readers) {
      const { keys } = reader;
      const receiver: Receiver = { reader, answers: [], open: keys.length, failure: null };
      for (let at = 0; at < keys.length; at++) {
        const key = keys[at] as string;
        let place = places.get(key);
        if (place === undefined) places.set(key, (place = places.size));
        const command = Math.floor(place / most);
        (deliveries[command] ??= []).push({ receiver, at, place: place % most });
      }
    }
    const keys = [...places.keys()];
    this.#sendInTurn(
      deliveries,
      (command) => keys.slice(command * most, (command + 1) * most),
      Math.max(1, Math.ceil(mostKeysAtOnce / most)),
    );
  }

  /** So many commands at once; the next ones when those are answered. */
  #sendInTurn(
    deliveries: readonly Delivery[][],
    keysOf: (command: number) => string[],
    atOnce: number,
    from = 0,
  ): void {
    const to = Math.min(from + atOnce, deliveries.length);
    let open = to - from;
    const end = (): void => {
      // Not within this turn: where the breaker is open nothing is sent, and each turn would stand in the one before it.
      if (--open === 0 && to < deliveries.length) void ready.then(sendNext);
    };
    const sendNext = (): void => {
      try {
        this.#sendInTurn(deliveries, keysOf, atOnce, to);
      } catch (error) {
        for (const waiting of deliveries.slice(to)) fail(waiting, error);
      }
    };
    this.#together(() => {
      for (let command = from; command < to; command++) {
        const waiting = deliveries[command] as Delivery[];
        this.#fetch(
          keysOf(command),
          (values) => {
            deliver(waiting, values);
            end();
          },
          (error) => {
            fail(waiting, error);
            end();
          },
        );
      }
    });
  }

  #together(send: () => void): void {
    if (this.#backend.together) this.#backend.together(send);
    else send();
  }
}

/** A reader whose keys are in several commands, perhaps. */
interface Receiver {
  readonly reader: Reader;
  readonly answers: (Buffer | null | undefined)[];
  /** How many of them are not there yet. */
  open: number;
  /** Of the first command that has failed. */
  failure: BackendError | null;
}

/** One of a reader's values, and where it is in a command's answer. */
interface Delivery {
  readonly receiver: Receiver;
  readonly at: number;
  readonly place: number;
}

function deliver(deliveries: readonly Delivery[], values: Values): void {
  for (const { receiver, at, place } of deliveries) {
    receiver.answers[at] = values[place] ?? null;
    endOne(receiver);
  }
}

/** What the other commands of a reader answer is still of use to it. */
function fail(deliveries: readonly Delivery[], error: unknown): void {
  for (const { receiver, at } of deliveries) {
    receiver.answers[at] = undefined;
    receiver.failure ??= error as BackendError;
    endOne(receiver);
  }
}

function endOne(receiver: Receiver): void {
  if (--receiver.open > 0) return;
  const { reader, answers, failure } = receiver;
  if (failure) return reader.reject(failure, answers);
  try {
    reader.resolve(answers as Values);
  } catch (error) {
    // One reader's trouble with what it has read is no other's.
    reader.reject(error as BackendError, noAnswers(reader.keys));
  }
}

/**
 * Who has loaded a value doesn't wait until it is stored, and as a rule asks for the next one in the same tick. A store
 * carries out the commands of a connection one after the other, so writes are held until that read was sent.
 */
export class WriteQueue {
  readonly #together: (send: () => void) => void;
  readonly #keys = new Set<string>();
  #held: (() => void)[] = [];

  /** @param together carries out what sends several commands, so that they go out in one piece */
  constructor(together: (send: () => void) => void) {
    this.#together = together;
  }

  /** @param send what writes to the keys; it must not throw */
  hold<Result>(keys: readonly string[], send: () => Promise<Result>): Promise<Result> {
    // Behind the reads of this tick, which leave one callback before it.
    if (this.#held.length === 0) void ready.then(() => process.nextTick(() => process.nextTick(this.send)));
    for (const key of keys) this.#keys.add(key);
    const context = new CallerContext();
    return new Promise((resolve, reject) => {
      this.#held.push(() => context.run(() => void send().then(resolve, reject)));
    });
  }

  /** To be called before anything else is sent about these keys: it comes behind what is written to one of them. */
  keepOrder(keys: readonly string[]): void {
    if (this.#held.length > 0 && keys.some((key) => this.#keys.has(key))) this.send();
  }

  /** Sends what is held. */
  readonly send = (): void => {
    const held = this.#held;
    this.#held = [];
    this.#keys.clear();
    if (held.length === 1) held[0]?.();
    else if (held.length > 1) this.#together(() => held.forEach((sendOne) => sendOne()));
  };
}

const ready = Promise.resolve();
