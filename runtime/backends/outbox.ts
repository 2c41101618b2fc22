import { type Backend, mostKeysPerRead, type Values } from "./backend";
import { CallerContext } from "../user-code/caller-context";
import { markJoined } from "../codecs/one-decode";
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

/**
 * Called once with the values at the keys, in their order. If one of the commands that they need
 * has failed, it is called when all have ended, with the answers of the others and the reason. It
 * should not throw.
 */
export type OnAnswers = (answers: Answers, error: BackendError | null) => void;

/** A read of this tick. */
interface Reader {
  readonly keys: readonly string[];
  readonly onAnswers: OnAnswers;
  /** Sends the read by itself, in a way that does more; left out if there is none. */
  readonly sendUnmerged: (() => void) | undefined;
  /** Where its keys are among all keys of the tick. */
  indexes: number[];
  /** The number of commands with its keys that are not answered yet. */
  open: number;
  /** The error of the first command that has failed. */
  failure: BackendError | null;
}

/** Sends one command, and calls back with the values at the keys, in their order. */
export type Fetch = (
  keys: readonly string[],
  resolve: (values: Values) => void,
  reject: (error: BackendError) => void,
) => void;

/**
 * Merges the reads of a tick into few commands, which are sent at its end in one piece, with each
 * key asked for once. A read never joins a command that was already sent, because the server's
 * answer could be older than what the caller knows to be true.
 */
export class Outbox {
  readonly #backend: Pick<Backend, "keysPerRead" | "cork">;
  readonly #fetch: Fetch;
  #readers: Reader[] = [];
  /**
   * How many reads of a tick are sent by themselves at most, if there are others. It grows by one
   * with each for which that was right, so at most doubles from tick to tick.
   */
  #mostAlone = 1;

  /** @param fetch is given at most as many keys as the backend's reads may name */
  constructor(backend: Pick<Backend, "keysPerRead" | "cork">, fetch: Fetch) {
    this.#backend = backend;
    this.#fetch = fetch;
  }

  /**
   * Reads the values at the keys.
   * @param sendUnmerged is called instead, and calls back by itself, if this is the only read of
   * the tick, or if it reads one key that no other read of the tick has
   */
  read(keys: readonly string[], onAnswers: OnAnswers, sendUnmerged?: () => void): void {
    if (this.#readers.length === 0) void ready.then(this.#waitForTick);
    this.#readers.push({
      keys,
      onAnswers,
      sendUnmerged,
      indexes: noIndexes,
      open: 0,
      failure: null,
    });
  }

  /** Records whether it was right to send a read by itself. */
  recordUnmerged(wasRight: boolean): void {
    this.#mostAlone = wasRight ? this.#mostAlone + 1 : 1;
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
    if (readers.length === 1) return this.#sendOne(first);
    const alone = readsOfTheirOwn(readers, this.#mostAlone);
    if (alone.size === 0) return this.#sendMerged(readers);
    this.#cork(() => {
      for (const reader of alone) this.#sendOne(reader);
      const others = readers.filter((reader) => !alone.has(reader));
      if (others.length === 1) this.#sendOne(others[0] as Reader);
      else if (others.length > 1) this.#sendMerged(others);
    });
  };

  #sendOne(reader: Reader): void {
    const { keys, sendUnmerged } = reader;
    try {
      if (keys.length > this.#mostKeys) this.#split([reader]);
      else if (sendUnmerged) sendUnmerged();
      else
        this.#fetch(
          keys,
          (values) => answer(reader, values, null),
          (error) => answer(reader, noAnswers(keys), error),
        );
    } catch (error) {
      answerAll([reader], error);
    }
  }

  #sendMerged(readers: readonly Reader[]): void {
    try {
      this.#split(readers);
    } catch (error) {
      answerAll(readers, error);
    }
  }

  get #mostKeys(): number {
    return this.#backend.keysPerRead ?? mostKeysPerRead;
  }

  /** Sends as few commands as can name all keys of the readers. */
  #split(readers: readonly Reader[]): void {
    const most = this.#mostKeys;
    const indexes = new Map<string, number>();
    const isJoined: boolean[] = [];
    /** For each command, the readers that wait for its answer. */
    const waiting: Reader[][] = [];
    for (const reader of readers) {
      reader.indexes = reader.keys.map((key) => {
        let index = indexes.get(key);
        if (index === undefined) {
          indexes.set(key, (index = indexes.size));
          isJoined.push(false);
        } else isJoined[index] = true;
        const ofCommand = (waiting[Math.floor(index / most)] ??= []);
        // The keys of a reader are added one after the other, so that it can only be the last one.
        if (ofCommand.at(-1) !== reader) {
          ofCommand.push(reader);
          reader.open++;
        }
        return index;
      });
    }
    const keys = [...indexes.keys()];
    const answers: (Buffer | null | undefined)[] = keys.map(() => undefined);
    const commands = waiting.map((ofCommand, command): Command => {
      const from = command * most;
      return { keys: keys.slice(from, from + most), from, waiting: ofCommand };
    });
    this.#sendInTurn(
      commands,
      { answers, isJoined },
      Math.max(1, Math.ceil(mostKeysAtOnce / most)),
    );
  }

  /** Sends this many commands at once, and the next ones when those are answered. */
  #sendInTurn(commands: readonly Command[], tick: Tick, atOnce: number): void {
    const { answers, isJoined } = tick;
    const now = commands.slice(0, atOnce);
    const later = commands.slice(atOnce);
    let open = now.length;
    const end = (): void => {
      // They are not sent within this turn: if the breaker is open nothing is sent, and each turn
      // would be nested in the one before it.
      if (--open === 0 && later.length > 0) void ready.then(sendLater);
    };
    const sendLater = (): void => {
      try {
        this.#sendInTurn(later, tick, atOnce);
      } catch (error) {
        for (const { waiting } of later) fail(waiting, answers, error);
      }
    };
    this.#cork(() => {
      for (const { keys, from, waiting } of now) {
        this.#fetch(
          keys,
          (values) => {
            for (let i = 0; i < keys.length; i++) {
              const bytes = (answers[from + i] = values[i] ?? null);
              if (bytes && isJoined[from + i]) markJoined(bytes);
            }
            this.#callReaders(waiting, answers);
            end();
          },
          (error) => {
            fail(waiting, answers, error);
            end();
          },
        );
      }
    });
  }

  /**
   * Calls the readers of one command. What they send then, such as a lease for each miss, leaves in
   * one write.
   */
  #callReaders(waiting: readonly Reader[], answers: (Buffer | null | undefined)[]): void {
    const call = (): void => waiting.forEach((one) => endOne(one, answers));
    if (waiting.length > 1) this.#cork(call);
    else call();
  }

  #cork(send: () => void): void {
    if (this.#backend.cork) this.#backend.cork(send);
    else send();
  }
}

/** What is known of each key of a tick, by its index. */
interface Tick {
  readonly answers: (Buffer | null | undefined)[];
  /** Whether several readers have asked for it. */
  readonly isJoined: readonly boolean[];
}

interface Command {
  readonly keys: readonly string[];
  /** The index of its first key among all keys of the tick. */
  readonly from: number;
  readonly waiting: readonly Reader[];
}

/** Records the failure of a command. The answers of a reader's other commands are still usable. */
function fail(waiting: readonly Reader[], answers: Answers, error: unknown): void {
  for (const reader of waiting) {
    reader.failure ??= error as BackendError;
    endOne(reader, answers);
  }
}

const noIndexes: number[] = [];

/** Records that one of a reader's commands is answered. */
function endOne(reader: Reader, answers: Answers): void {
  if (--reader.open > 0) return;
  const { indexes, failure } = reader;
  const own: (Buffer | null | undefined)[] = [];
  for (let i = 0; i < indexes.length; i++) own.push(answers[indexes[i] as number]);
  answer(reader, own, failure);
}

/**
 * Returns the reads that are sent by themselves: those that can be, and whose one key no other read
 * of the tick has. Merging would save them a command and cost each of them another one later, for
 * the lease. A key that many callers ask for is still read once.
 */
function readsOfTheirOwn(readers: readonly Reader[], most: number): ReadonlySet<Reader> {
  if (!readers.some(canBeAlone)) return noReaders;
  const timesRead = new Map<string, number>();
  for (const { keys } of readers)
    for (const key of keys) timesRead.set(key, (timesRead.get(key) ?? 0) + 1);
  const isOwn = (reader: Reader): boolean =>
    canBeAlone(reader) && timesRead.get(reader.keys[0] as string) === 1;
  return new Set(readers.filter(isOwn).slice(0, most));
}

const noReaders: ReadonlySet<Reader> = new Set();

function canBeAlone({ keys, sendUnmerged }: Reader): boolean {
  return sendUnmerged !== undefined && keys.length === 1;
}

/** No caller is on the stack here, so an exception would end the process. */
function answerAll(readers: readonly Reader[], error: unknown): void {
  for (const reader of readers) answer(reader, noAnswers(reader.keys), error as BackendError);
}

/** An exception of one reader must not affect the others. */
function answer({ keys, onAnswers }: Reader, answers: Answers, failure: BackendError | null): void {
  try {
    onAnswers(answers, failure);
  } catch (error) {
    onAnswers(noAnswers(keys), error as BackendError);
  }
}

/**
 * Delays writes until the reads of the tick are sent. A caller doesn't wait for its value to be
 * written, and usually issues its next read in the same tick. A store carries out the commands of a
 * connection one after the other.
 */
export class WriteQueue {
  readonly #cork: <Result>(send: () => Result) => Result;
  #keys = new Set<string>();
  #held: (() => void)[] = [];

  /**
   * @param cork calls a function that sends several commands, so that they are sent in one piece
   */
  constructor(cork: <Result>(send: () => Result) => Result) {
    this.#cork = cork;
  }

  /** @param send writes to the keys, and must not throw */
  hold<Result>(keys: readonly string[], send: () => Promise<Result>): Promise<Result> {
    // It runs after the reads of this tick, which leave one callback before it.
    if (this.#held.length === 0)
      void ready.then(() => process.nextTick(() => process.nextTick(this.send)));
    for (const key of keys) this.#keys.add(key);
    const context = new CallerContext();
    return new Promise((resolve, reject) => {
      this.#held.push(() => context.run(() => void send().then(resolve, reject)));
    });
  }

  /** Records that a write that is held also writes to this key. */
  recordHeld(key: string): void {
    this.#keys.add(key);
  }

  /**
   * Keeps the order of commands. It must be called before anything else is sent about these keys,
   * so that it comes after what is written to one of them.
   */
  keepOrder(keys: readonly string[]): void {
    if (this.#held.length > 0 && keys.some((key) => this.#keys.has(key))) this.send();
  }

  /**
   * Sends a read, and the held writes in one piece with it: behind it, because a caller waits for
   * it. A piece of its own for each costs this process and the store more than all else that is
   * done for a small command.
   * @param keys what is read: a write to one of them comes before
   */
  sendAhead<Result>(keys: readonly string[], read: () => Result): Result {
    this.keepOrder(keys);
    if (this.#held.length === 0) return read();
    return this.#cork(() => {
      const result = read();
      this.send();
      return result;
    });
  }

  /** Sends the held writes. */
  readonly send = (): void => {
    const held = this.#held;
    this.#held = [];
    // A set that is cleared and used again keeps what it held from the garbage collector.
    this.#keys = new Set();
    if (held.length === 1) held[0]?.();
    else if (held.length > 1) this.#cork(() => held.forEach((sendOne) => sendOne()));
  };
}

const ready = Promise.resolve();
