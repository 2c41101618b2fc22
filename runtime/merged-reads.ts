type Values = readonly (Buffer | null)[];

/** One command: the values at the keys, in their order. */
export type Fetch = (keys: readonly string[]) => Promise<Values>;

/** A command to be sent, and what those who wait for it are given. */
interface Command {
  readonly keys: string[];
  readonly values: Promise<Values>;
  readonly resolve: (values: Values) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Merges the reads of one tick into few commands, each key asked for once. A read never
 * joins a command that was already sent: what the server answers could be older than
 * what the caller knows to be true.
 */
export class MergedReads {
  readonly #fetch: Fetch;
  readonly #maxKeys: number;
  #commands: Command[] = [];
  /** Where a key is among all those wanted in this tick. */
  #places = new Map<string, number>();

  /** @param maxKeys how many keys one command may name; a caller waits only for commands that name its keys */
  constructor(fetch: Fetch, maxKeys: number) {
    this.#fetch = fetch;
    this.#maxKeys = maxKeys;
  }

  /** Rejects when a command that it needs has failed. */
  read(keys: readonly string[]): Promise<(Buffer | null)[]> {
    if (keys.length === 0) return Promise.resolve([]);
    if (this.#commands.length === 0) this.#schedule();
    const places = keys.map((key) => this.#place(key));

    const only = this.#commands[0] as Command;
    if (this.#commands.length === 1) return only.values.then((values) => places.map((place) => values[place] ?? null));

    const commands = this.#commands;
    const maxKeys = this.#maxKeys;
    return Promise.all(
      places.map(async (place) => {
        const values = await (commands[Math.floor(place / maxKeys)] as Command).values;
        return values[place % maxKeys] ?? null;
      }),
    );
  }

  #place(key: string): number {
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = this.#places.size;
    this.#places.set(key, place);
    if (place % this.#maxKeys === 0) this.#commands.push(createCommand());
    (this.#commands.at(-1) as Command).keys.push(key);
    return place;
  }

  /**
   * After the promise jobs that are ready now and those they make: callers that run in
   * one tick reach their reads at different depths of `await`. A tick callback set from
   * within a job runs when all jobs are done and before any I/O, so it delays nothing.
   */
  #schedule(): void {
    void Promise.resolve().then(() => process.nextTick(() => this.#send()));
  }

  #send(): void {
    const commands = this.#commands;
    // Closed before the first command is sent, so that nobody can join it.
    this.#commands = [];
    this.#places = new Map();
    for (const command of commands) {
      try {
        this.#fetch(command.keys).then(command.resolve, command.reject);
      } catch (error) {
        command.reject(error);
      }
    }
  }
}

function createCommand(): Command {
  let resolve!: Command["resolve"];
  let reject!: Command["reject"];
  const values = new Promise<Values>((onValues, onError) => {
    resolve = onValues;
    reject = onError;
  });
  return { keys: [], values, resolve, reject };
}
