import { connect, createServer, type Server, type Socket } from "node:net";

/** One client's connection through the proxy, in the order in which they were made. */
export interface ProxiedConnection {
  /** What the server says waits in the proxy, until `release`. The client isn't told. */
  hold(): void;
  release(): void;
  /** Both ends are closed. */
  cut(): void;
}

export interface Proxy {
  readonly port: number;
  readonly connections: readonly ProxiedConnection[];
  /** Where connections go that are made from now on. */
  target: number;
  stop(): Promise<void>;
}

const host = "127.0.0.1";

/** Stands between clients and a server, and does to their connections what networks do. */
export async function startProxy(target: number): Promise<Proxy> {
  const connections: ProxiedConnection[] = [];
  const server: Server = createServer((client) => connections.push(join(client, connect(proxy.target, host))));
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
  const cut = (): void => {
    client.destroy();
    upstream.destroy();
  };
  client.on("data", (chunk) => upstream.write(chunk));
  upstream.on("data", (chunk) => (held ? held.push(chunk) : client.write(chunk)));
  for (const socket of [client, upstream]) socket.on("close", cut).on("error", cut);
  return {
    hold: () => (held ??= []),
    release() {
      for (const chunk of held ?? []) client.write(chunk);
      held = null;
    },
    cut,
  };
}
