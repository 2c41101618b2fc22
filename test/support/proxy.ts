import { connect, createServer, type Server, type Socket } from "node:net";

/** One client's connection through the proxy, in the order in which they were made. */
export interface ProxiedConnection {
  /**
   * The port by which the server knows the client: `addr` of CLIENT LIST. It is undefined before
   * the connection is open, and after its end.
   */
  readonly clientPort: number | undefined;
  /** Holds the server's answers in the proxy until `release`. The client isn't notified. */
  hold(): void;
  release(): void;
  /** Delays the server's answers by this much. */
  delay(ms: number): void;
  /** Closes both ends. */
  cut(): void;
}

export interface Proxy {
  readonly port: number;
  readonly connections: readonly ProxiedConnection[];
  /** The server of connections that are made from now on. */
  target: number;
  stop(): Promise<void>;
}

const host = "127.0.0.1";

/**
 * Starts a proxy between clients and a server, which does to their connections what networks do.
 */
export async function startProxy(target: number): Promise<Proxy> {
  const connections: ProxiedConnection[] = [];
  const server: Server = createServer((client) =>
    connections.push(join(client, connect(proxy.target, host))),
  );
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const proxy: Proxy = {
    port: (server.address() as { port: number }).port,
    connections,
    target,
    async stop() {
      for (const connection of connections) connection.cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

function join(client: Socket, upstream: Socket): ProxiedConnection {
  let held: Buffer[] | null = null;
  let delayMs = 0;
  /** Chunks stay in order, however the delay changes meanwhile. */
  const late: { readonly dueAt: number; readonly chunk: Buffer }[] = [];
  const cut = (): void => {
    client.destroy();
    upstream.destroy();
  };
  const deliver = (chunk: Buffer): unknown => (held ? held.push(chunk) : client.write(chunk));
  const deliverLate = (): void => {
    const [next] = late;
    if (!next) return;
    const waitMs = next.dueAt - performance.now();
    if (waitMs > 0) return void setTimeout(deliverLate, waitMs);
    late.shift();
    deliver(next.chunk);
    deliverLate();
  };
  client.on("data", (chunk) => upstream.write(chunk));
  upstream.on("data", (chunk: Buffer) => {
    if (late.length > 0 || delayMs > 0) late.push({ dueAt: performance.now() + delayMs, chunk });
    if (late.length === 0) deliver(chunk);
    else if (late.length === 1) deliverLate();
  });
  for (const socket of [client, upstream]) socket.on("close", cut).on("error", cut);
  return {
    get clientPort() {
      return upstream.localPort;
    },
    hold: () => (held ??= []),
    release() {
      for (const chunk of held ?? []) client.write(chunk);
      held = null;
    },
    delay: (ms) => (delayMs = ms),
    cut,
  };
}
