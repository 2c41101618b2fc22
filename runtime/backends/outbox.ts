import { type Backend, mostKeysPerRead, type Values } from "./backend";
import { CallerContext } from "../user-code/caller-context";
import { type BackendError } from "../errors";

/**
 * Larger reads are sent in turns, so that each command has a deadline of its own, which does not
 * include those before it.
 */
const mostKeysAtOnce = 4_096;

/** The bytes at each key, or undefined if the command that asked for it has failed. */
export type Answers = readonly (Buffer | null | undefined)[];

/** Makes the answers of a read that failed for all keys. */
export function noAnswers(keys: readonly string[]): Answers {
  return keys.map(() => undefined);
}

interface Reader {
  readonly keys: readonly string[];
  readonly resolve: (values: Values) => void;
  readonly reject: (error: BackendError, answers: Answers) => void;
  /** Sends the read in another way; left out if there is none. */
  readonly sendAlone: (() => void) | undefined;
}

/** Sends one command, and calls back with the values at the keys, in their order. */
export type Fetch = (
  keys: readonly string[],
  resolve: (values: Values) => void,
  reject: (error: BackendError) => void,
) => void;

/**
 * Merges the reads of a tick into few commands, which are sent at its end, with each key asked for
 * once. A read never joins a command that was already sent, because the server's answer could be
 * older than what the caller knows to be true.
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
   * Calls back with the values at the keys. If one of the commands that they need fails, it calls
   * back when all have ended, with the reason and with the answers of the others.
   * @param sendAlone is called instead if the command would be for this read alone, and calls back
   * by itself
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
   * Sends after the promise jobs that are ready now, and those that they make: callers that run in
   * one tick reach their reads at different depths of `await`. A tick callback that is set within a
   * job runs when all jobs are done and before any I/O, so it delays nothing.
   */
  readonly #waitForTick = (): void => process.nextTick(this.#send);

  readonly #send = (): void => {
    const readers = this.#readers;
    // It is closed before the first command is sent, so that nothing can join it.
    this.#readers = [];
    const [first] = readers as [Reader];
    try {
      const most = this.#backend.keysPerRead ?? mostKeysPerRead;
      if (readers.length > 1 || first.keys.length > most) this.#sendMerged(readers, most);
      else if (first.sendAlone) first.sendAlone();
      else this.#fetch(first.keys, first.resolve, (error) => first.reject(error, noAnswers(first.keys)));
    } catch (error) {
      // No caller is on the stack here, so an exception would end the process.
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

  /** Sends this many commands at once, and the next ones when those are answered. */
  #sendInTurn(
    deliveries: readonly Delivery[][],
    keysOf: (command: number) => string[],
    atOnce: number,
    from = 0,
  ): void {
    const to = Math.min(from + atOnce, deliveries.length);
    let open = to - from;
    const end = (): void => {
      // They are not sent within this turn: if the breaker is open nothing is sent, and each turn
      // would be nested in the one before it.
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

/** A reader whose keys may be in several commands. */
interface Receiver {
  readonly reader: Reader;
  readonly answers: (Buffer | null | undefined)[];
  /** The number of commands that are not answered yet. */
  open: number;
  /** The error of the first command that has failed. */
  failure: BackendError | null;
}

/** One of a reader's values, and its index in a command's answer. */
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

/** Records the failure of a command. The answers of a reader's other commands are still usable. */
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
    // An exception of one reader must not affect the others.
    reader.reject(error as BackendError, noAnswers(reader.keys));
  }
}

/**
 * Delays writes until the reads of the tick are sent. A caller doesn't wait for its value to be
 * written, and usually issues its next read in the same tick. A store carries out the commands of a
 * connection one after the other.
 */
export class WriteQueue {
  readonly #together: (send: () => void) => void;
  readonly #keys = new Set<string>();
  #held: (() => void)[] = [];

  /**
   * @param together runs a function that sends several commands, so that they are sent in one piece
   */
  constructor(together: (send: () => void) => void) {
    this.#together = together;
  }

  /** @param send writes to the keys, and must not throw */
  hold<Result>(keys: readonly string[], send: () => Promise<Result>): Promise<Result> {
    // It runs after the reads of this tick, which leave one callback before it.
    if (this.#held.length === 0) void ready.then(() => process.nextTick(() => process.nextTick(this.send)));
    for (const key of keys) this.#keys.add(key);
    const context = new CallerContext();
    return new Promise((resolve, reject) => {
      this.#held.push(() => context.run(() => void send().then(resolve, reject)));
    });
  }

  /**
   * Keeps the order of commands. It must be called before anything else is sent about these keys,
   * so that it comes after what is written to one of them.
   */
  keepOrder(keys: readonly string[]): void {
    if (this.#held.length > 0 && keys.some((key) => this.#keys.has(key))) this.send();
  }

  /** Sends the held writes. */
  readonly send = (): void => {
    const held = this.#held;
    this.#held = [];
    this.#keys.clear();
    if (held.length === 1) held[0]?.();
    else if (held.length > 1) this.#together(() => held.forEach((sendOne) => sendOne()));
  };
}

const ready = Promise.resolve();
