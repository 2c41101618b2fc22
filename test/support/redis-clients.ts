import * as ioredis from "ioredis";
import * as iovalkey from "iovalkey";
import * as nodeRedis6 from "@redis/client";
import * as nodeRedis5 from "node-redis-5";
import type { RedisClient } from "../../runtime/backends/redis/redis-client";
import { slotsRefreshTimeout } from "./redis";

/** A command is its name and what follows. */
type Sent = [name: string, ...args: string[]];

/** What tests do with a client of any library. */
export interface AnyClient {
  readonly client: RedisClient;
  /** Sends a command as it is, past the client's keyPrefix. */
  call(command: Sent): Promise<unknown>;
  /** Closes it as a program does: what was sent before is carried out. */
  close(): Promise<unknown>;
  /** Closes it at once. */
  destroy(): void;
}

export interface ClientSettings {
  readonly keyPrefix?: string;
  /** These options are the library's own. */
  readonly options?: object;
  /** A connection is made before the client is handed out. @defaultValue true */
  readonly connect?: boolean;
}

/** This is one library in one of its forms, which connects to a server or a Cluster. */
export interface ClientLibrary {
  readonly name: string;
  /** Whether the library puts a prefix before keys. */
  readonly hasKeyPrefix: boolean;
  connect(port: number, settings?: ClientSettings): Promise<AnyClient>;
}

const host = "127.0.0.1";

type Ioredis = Pick<typeof ioredis, "Redis" | "Cluster">;

function ofIoredis(name: string, { Redis }: Ioredis): ClientLibrary {
  return {
    name,
    hasKeyPrefix: true,
    async connect(port, { keyPrefix = "", options, connect = true } = {}) {
      const client = new Redis({ host, port, keyPrefix, lazyConnect: true, ...options });
      client.on("error", () => {});
      if (connect) await client.connect();
      return {
        client: client as unknown as RedisClient,
        call: ([name, ...args]) => client.call(name, ...args),
        close: () => client.quit(),
        destroy: () => client.disconnect(),
      };
    },
  };
}

function clusterOfIoredis(name: string, { Cluster }: Ioredis): ClientLibrary {
  return {
    name,
    hasKeyPrefix: true,
    async connect(port, { keyPrefix = "", options } = {}) {
      const client = new Cluster([{ host, port }], { keyPrefix, slotsRefreshTimeout, ...options });
      client.on("error", () => {});
      await client.ping();
      return {
        client: client as unknown as RedisClient,
        call: ([name, ...args]) => client.call(name, ...args),
        close: () => client.quit(),
        destroy: () => client.disconnect(),
      };
    },
  };
}

type NodeRedis = Pick<typeof nodeRedis6, "createClient" | "createClientPool" | "createCluster">;

interface NodeRedisClient {
  connect(): Promise<unknown>;
  close(): Promise<unknown>;
  destroy(): unknown;
  on(event: "error", listener: () => void): unknown;
}

async function start(client: NodeRedisClient, connect = true): Promise<Omit<AnyClient, "call">> {
  client.on("error", () => {});
  if (connect) await client.connect();
  return {
    client: client as unknown as RedisClient,
    close: () => client.close(),
    destroy: () => void client.destroy(),
  };
}

function ofNodeRedis(name: string, library: NodeRedis, RESP: 2 | 3): ClientLibrary {
  return {
    name,
    hasKeyPrefix: library !== (nodeRedis5 as unknown),
    async connect(port, { keyPrefix, options, connect } = {}) {
      const client = library.createClient({
        RESP,
        socket: { host, port },
        ...(keyPrefix && { keyPrefix }),
        ...options,
      });
      return { ...(await start(client, connect)), call: (command) => client.sendCommand(command) };
    },
  };
}

function poolOfNodeRedis(name: string, library: NodeRedis): ClientLibrary {
  return {
    name,
    hasKeyPrefix: library !== (nodeRedis5 as unknown),
    async connect(port, { keyPrefix, options, connect } = {}) {
      const client = library.createClientPool(
        { RESP: 3, socket: { host, port }, ...(keyPrefix && { keyPrefix }), ...options },
        { minimum: 1, maximum: 4 },
      );
      return { ...(await start(client, connect)), call: (command) => client.sendCommand(command) };
    },
  };
}

function clusterOfNodeRedis(name: string, library: NodeRedis): ClientLibrary {
  return {
    name,
    hasKeyPrefix: library !== (nodeRedis5 as unknown),
    async connect(port, { keyPrefix, options, connect } = {}) {
      const client = library.createCluster({
        RESP: 3,
        rootNodes: [{ socket: { host, port } }],
        ...(keyPrefix && { keyPrefix }),
        ...options,
      });
      return {
        ...(await start(client, connect)),
        call: (command) => client.sendCommand(command[1], false, command),
      };
    },
  };
}

const fifth = nodeRedis5 as unknown as NodeRedis;

/** Each library with one connection. */
export const libraries: readonly ClientLibrary[] = [
  ofIoredis("ioredis", ioredis),
  ofIoredis("iovalkey", iovalkey as unknown as Ioredis),
  ofNodeRedis("node-redis 5 (RESP2)", fifth, 2),
  ofNodeRedis("node-redis 5 (RESP3)", fifth, 3),
  ofNodeRedis("node-redis 6 (RESP2)", nodeRedis6, 2),
  ofNodeRedis("node-redis 6 (RESP3)", nodeRedis6, 3),
];

/** Commands go over several connections, so that those of one tick are in no order. */
export const pools: readonly ClientLibrary[] = [
  poolOfNodeRedis("node-redis 5 (pool)", fifth),
  poolOfNodeRedis("node-redis 6 (pool)", nodeRedis6),
];

export const clusters: readonly ClientLibrary[] = [
  clusterOfIoredis("ioredis (Cluster)", ioredis),
  clusterOfIoredis("iovalkey (Cluster)", iovalkey as unknown as Ioredis),
  clusterOfNodeRedis("node-redis 5 (Cluster)", fifth),
  clusterOfNodeRedis("node-redis 6 (Cluster)", nodeRedis6),
];
