import { hasMethods, show } from "../../check-options";
import { ConfigError } from "../../errors";
import { WriteQueue } from "../outbox";
import { type IoredisClient, IoredisPort, isIoredis } from "./ioredis-port";
import { isNodeRedis, type NodeRedisClient, NodeRedisPort } from "./node-redis-port";
import type { RedisPort } from "./redis-port";
import { mustBe } from "./refusals";
import { SetForms } from "./set-forms";

/**
 * A client of ioredis 5 or 6, iovalkey, or node-redis 5 or 6: of one server, of a Sentinel set, of
 * a Cluster, or a pool.
 */
export type RedisClient = IoredisClient | NodeRedisClient;

/** The state that all backends on one client share. */
export interface SharedClient {
  readonly port: RedisPort;
  readonly writes: WriteQueue;
  readonly forms: SetForms;
}

const shared = new WeakMap<object, SharedClient>();

/**
 * It is made once for each client, for three reasons. ioredis forgets which scripts the server
 * knows when they are defined again. A write that one backend delays must go before what another
 * backend asks about the same key. And each server is asked only once what it can do.
 *
 * @throws ConfigError for what is not a client, or can't carry a cache
 */
export function shareClient(client: RedisClient): SharedClient {
  const known = typeof client === "object" && client !== null ? shared.get(client) : undefined;
  if (known) return known;
  const port = createPort(client);
  const writes = new WriteQueue((send) => port.cork(send));
  port.onClosing(() => writes.send());
  const forms = new SetForms((key) => port.nodeOf(key));
  port.onConnected(() => forms.askAgain());
  const made = { port, writes, forms };
  shared.set(client, made);
  return made;
}

function createPort(client: unknown): RedisPort {
  if (isIoredis(client)) return new IoredisPort(client);
  if (isNodeRedis(client)) return new NodeRedisPort(client);
  if (hasMethods(client, ["then"])) {
    throw new ConfigError(
      `${mustBe}, but got a promise. Await it: connect() of node-redis resolves to the client.`,
    );
  }
  throw new ConfigError(`${mustBe}, but got: ${show(client)}.`);
}
