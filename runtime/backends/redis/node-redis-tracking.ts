import { type EventfulClient, listen } from "./client-events";
import { type DuplicableClient, NodeRedisInvalidations } from "./node-redis-invalidations";
import type {
  ClusterTrackingPort,
  ConnectionListener,
  InvalidationListener,
  Invalidations,
  MasterPort,
  TrackingPort,
} from "./redis-port";

/** The part of a client of one server that a memory tier uses. */
interface OneServer extends EventfulClient, DuplicableClient {
  readonly isReady?: boolean;
  sendCommand(command: readonly string[]): Promise<unknown>;
}

interface Node {
  readonly address: string;
  /**
   * It does not exist before the first command to the node if the Cluster is set to make few
   * connections.
   */
  readonly client?: OneServer;
}

interface Cluster extends EventfulClient {
  readonly isOpen: boolean;
  readonly masters: readonly Node[];
  readonly slots: readonly ({ readonly master: Node } | undefined)[];
}

export function createTracking(client: object): TrackingPort {
  return new NodeRedisTracking(client as OneServer);
}

export function createClusterTracking(client: object): ClusterTrackingPort {
  return new NodeRedisClusterTracking(client as Cluster);
}

class NodeRedisTracking implements TrackingPort {
  protected readonly client: OneServer;

  constructor(client: OneServer) {
    this.client = client;
  }

  get isReady(): boolean {
    return this.client.isReady === true;
  }

  watch(listener: ConnectionListener): () => void {
    return listen(this.client, {
      ready: () => listener.ready(),
      // Each lost connection emits an error. Other errors do as well, and proving the stream again
      // after those does no harm.
      error: () => listener.lost(),
      end: () => listener.ended(),
      terminated: () => listener.ended(),
    });
  }

  openInvalidations(prefixes: readonly string[], listener: InvalidationListener): Invalidations {
    return new NodeRedisInvalidations(this.client, prefixes, listener);
  }
}

class NodeRedisMaster extends NodeRedisTracking implements MasterPort {
  readonly address: string;

  constructor(client: OneServer, address: string) {
    super(client);
    this.address = address;
  }

  async askNodes(): Promise<string> {
    return String(await this.client.sendCommand(["CLUSTER", "NODES"]));
  }
}

class NodeRedisClusterTracking implements ClusterTrackingPort {
  readonly #client: Cluster;
  readonly #masters = new WeakMap<OneServer, NodeRedisMaster>();

  constructor(client: Cluster) {
    this.#client = client;
  }

  get isReady(): boolean {
    return this.#client.isOpen;
  }

  watch(listener: Pick<ConnectionListener, "ready" | "ended">): () => void {
    return listen(this.#client, {
      connect: () => listener.ready(),
      disconnect: () => listener.ended(),
    });
  }

  masters(): readonly MasterPort[] {
    return this.#client.masters
      .map((node) => this.#masterAt(node))
      .filter((master) => master !== null);
  }

  masterOf(slot: number): MasterPort | null {
    const shard = this.#client.slots[slot];
    return shard ? this.#masterAt(shard.master) : null;
  }

  #masterAt({ client, address }: Node): NodeRedisMaster | null {
    if (!client) return null;
    let master = this.#masters.get(client);
    if (!master) this.#masters.set(client, (master = new NodeRedisMaster(client, address)));
    return master;
  }
}
