import { hasMethods } from "../../check-options";
import { type EventfulClient, listen } from "./client-events";
import { type DuplicableClient, IoredisInvalidations } from "./ioredis-invalidations";
import type {
  ClusterTrackingPort,
  ConnectionListener,
  InvalidationListener,
  Invalidations,
  MasterPort,
  TrackingPort,
} from "./redis-port";

interface Connecting extends EventfulClient {
  readonly status: string;
}

/** The methods of an ioredis `Redis` that a memory tier needs. */
interface OneServer extends Connecting, DuplicableClient {}

/** One of the connections of a `Cluster`, which is a `Redis` as well. */
interface Node extends OneServer {
  readonly options: { readonly host?: string; readonly port?: number };
  cluster(subcommand: "NODES"): Promise<unknown>;
}

interface Cluster extends Connecting {
  /** The addresses of the nodes of each slot, the master's first. */
  readonly slots: readonly (readonly string[] | undefined)[];
  nodes(role: "master"): Node[];
}

/** Returns null if the client doesn't have the methods. */
export function createTracking(
  client: object & { readonly isCluster: boolean },
): TrackingPort | ClusterTrackingPort | null {
  if (client.isCluster) return isCluster(client) ? new IoredisClusterTracking(client) : null;
  return isOneServer(client) ? new IoredisTracking(client) : null;
}

function isOneServer(client: object): client is OneServer {
  return hasMethods(client, ["duplicate", "pttl", "on", "off"]);
}

function isCluster(client: object): client is Cluster {
  return hasMethods(client, ["nodes", "on", "off"]) && "slots" in client;
}

class IoredisTracking<Client extends OneServer = OneServer> implements TrackingPort {
  protected readonly client: Client;

  constructor(client: Client) {
    this.client = client;
  }

  get isReady(): boolean {
    return this.client.status === "ready";
  }

  watch(listener: ConnectionListener): () => void {
    return listen(this.client, {
      ready: () => listener.ready(),
      close: () => listener.lost(),
      end: () => listener.ended(),
    });
  }

  openInvalidations(prefixes: readonly string[], listener: InvalidationListener): Invalidations {
    return new IoredisInvalidations(this.client, prefixes, listener);
  }
}

class IoredisMaster extends IoredisTracking<Node> implements MasterPort {
  readonly address: string;

  constructor(node: Node) {
    super(node);
    const { host, port } = node.options;
    this.address = `${host}:${port}`;
  }

  async askNodes(): Promise<string> {
    return String(await this.client.cluster("NODES"));
  }
}

class IoredisClusterTracking implements ClusterTrackingPort {
  readonly #client: Cluster;
  readonly #masters = new WeakMap<Node, IoredisMaster>();
  #byAddress = new Map<string, IoredisMaster>();

  constructor(client: Cluster) {
    this.#client = client;
  }

  get isReady(): boolean {
    return this.#client.status === "ready";
  }

  watch(listener: Pick<ConnectionListener, "ready" | "ended">): () => void {
    return listen(this.#client, { ready: () => listener.ready(), end: () => listener.ended() });
  }

  masters(): readonly MasterPort[] {
    const masters = this.#client.nodes("master").map((node) => this.#masterAt(node));
    this.#byAddress = new Map(masters.map((master) => [master.address, master]));
    return masters;
  }

  /**
   * A connection that ioredis has replaced since `masters` was called has ended, so no stream
   * vouches for it.
   */
  masterOf(slot: number): MasterPort | null {
    const [address] = this.#client.slots[slot] ?? [];
    return (address !== undefined && this.#byAddress.get(address)) || null;
  }

  #masterAt(node: Node): IoredisMaster {
    let master = this.#masters.get(node);
    if (!master) this.#masters.set(node, (master = new IoredisMaster(node)));
    return master;
  }
}
