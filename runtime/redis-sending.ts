/** When the commands of one client leave: in one piece, and writes behind the reads that somebody waits for. */

/** What is used of an ioredis client to that end. */
export interface SendingClient {
  readonly isCluster: boolean;
  quit?(...args: never[]): unknown;
  disconnect?(...args: never[]): unknown;
}

type Socket = { cork(): void; uncork(): void };

const ready = Promise.resolve();
const queues = new WeakMap<SendingClient, WriteQueue>();

/** The queue of a client, whatever number of backends share it. */
export function writeQueueOf(client: SendingClient): WriteQueue {
  let queue = queues.get(client);
  if (!queue) queues.set(client, (queue = new WriteQueue(client)));
  return queue;
}

/**
 * Who has loaded a value doesn't wait until it is stored, and as a rule asks for the next one in the same tick. Redis
 * carries out the commands of a connection one after the other, so writes are held until that read was sent.
 */
export class WriteQueue {
  readonly #client: SendingClient;
  readonly #keys = new Set<string>();
  #held: (() => void)[] = [];

  constructor(client: SendingClient) {
    this.#client = client;
    for (const name of ["quit", "disconnect"] as const) this.#sendBeforeClosing(name);
  }

  /** @param send what writes to the keys; it must not throw */
  hold<Result>(keys: readonly string[], send: () => Promise<Result>): Promise<Result> {
    // Behind the reads of this tick, which the outbox sends at the end of it.
    if (this.#held.length === 0) void ready.then(() => process.nextTick(() => process.nextTick(this.#send)));
    for (const key of keys) this.#keys.add(key);
    return new Promise((resolve, reject) => {
      this.#held.push(() => void send().then(resolve, reject));
    });
  }

  /** To be called before anything else is sent about these keys: it comes behind what is written to one of them. */
  keepOrder(keys: readonly string[]): void {
    if (this.#held.length > 0 && keys.some((key) => this.#keys.has(key))) this.#send();
  }

  readonly #send = (): void => {
    const held = this.#held;
    this.#held = [];
    this.#keys.clear();
    if (held.length === 1) held[0]?.();
    else if (held.length > 1) together(this.#client, () => held.forEach((send) => send()));
  };

  #sendBeforeClosing(name: "quit" | "disconnect"): void {
    const close = this.#client[name];
    if (!close) return;
    this.#client[name] = (...args) => {
      this.#send();
      return close.apply(this.#client, args);
    };
  }
}

/**
 * What is sent within goes out in one piece. ioredis writes each command to its socket by
 * itself, and a write to a socket costs more than all else that is done for a command.
 */
export function together<Result>(client: SendingClient, send: () => Result): Result {
  const sockets = findSockets(client);
  for (const socket of sockets) socket.cork();
  try {
    return send();
  } finally {
    for (const socket of sockets) socket.uncork();
  }
}

/** Of the connections that are there; a client without one queues what it is given. */
function findSockets(client: SendingClient): Socket[] {
  const { nodes } = client as { nodes?(role: "master"): SendingClient[] };
  const connections = client.isCluster ? (nodes?.call(client, "master") ?? []) : [client];
  return connections.flatMap((connection) => {
    const { stream } = connection as { stream?: Partial<Socket> | null };
    return stream?.cork && stream.uncork ? (stream as Socket) : [];
  });
}
