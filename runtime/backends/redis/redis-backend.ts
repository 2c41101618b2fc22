import {
  type AcquireRequest,
  type AcquireResult,
  type Backend,
  type DeleteOptions,
  type HoldRequest,
  type LeasedValues,
  type LeaseRequest,
  mostKeysPerRead,
  type ReleaseRequest,
  type RenewRequest,
  type Values,
  type VersionRequest,
  type WriteRequest,
} from "../backend";
import { startSafely } from "../backend-failure";
import { trust } from "../checked-backend";
import { show } from "../../check-options";
import { ConfigError } from "../../errors";
import { createLeaseAlone, idLength, isAscii } from "../../entry/entry";
import { type Inspector } from "../inspector";
import type { WriteQueue } from "../outbox";
import { type RedisClient, shareClient } from "./redis-client";
import { inspectorOf } from "./redis-inspector";
import type { Argument, RedisPort } from "./redis-port";
import { MergedWrites } from "./merged-writes";
import type { SetForms } from "./set-forms";
import {
  asBytes,
  asFlag,
  asReplies,
  asTime,
  asValue,
  asValues,
  asVersion,
  asWasSet,
  isOne,
  isQueued,
} from "./redis-replies";
import {
  acquire,
  deleteUnheld,
  ensureVersion,
  holdKeys,
  raiseTtl,
  readAndLease,
  release as releaseScript,
  renew,
  type Script,
  timeDigits,
  write as writeScript,
  writeOverLease,
} from "./redis-scripts";

/** The limit of a script. A script takes several times as long as a read for each key. */
const maxKeysPerScript = 128;
const noId = "\0".repeat(idLength);
const acquired: AcquireResult = { status: "acquired" };
const busy: AcquireResult = { status: "busy" };
const held: AcquireResult = { status: "held" };

/**
 * Keeps entries in Redis (5 or newer) or Valkey: standalone, behind Sentinel, or in a Cluster. The
 * client is one of ioredis, iovalkey or node-redis, and stays yours: its options, including
 * `keyPrefix`, apply to zcache's commands, and closing it is up to you. Several backends may share
 * one client.
 *
 * @example
 * import { Redis } from "ioredis";
 * configure({ backend: new RedisBackend(new Redis("redis://cache:6379")) });
 *
 * @throws ConfigError if the client isn't one of these (a pipeline, or a client of ioredis-mock),
 * or if it reads from replicas (`scaleReads` of a Cluster, `role: "slave"`, `readOnly`), which may
 * not have received an invalidation yet.
 */
export class RedisBackend implements Backend {
  readonly name = "redis";
  readonly remote = true;

  readonly #client: RedisClient;
  readonly #port: RedisPort;
  readonly #writes: WriteQueue;
  readonly #forms: SetForms;
  readonly #merged: MergedWrites;

  constructor(client: RedisClient) {
    const options: unknown = arguments[1];
    if (options !== undefined)
      throw new ConfigError(
        `RedisBackend takes a client and no options, but got: ${show(options)}. Give options of the connection to the client, and all others to configure.`,
      );
    trust(this, new.target);
    const { port, writes, forms } = shareClient(client);
    this.#client = client;
    this.#port = port;
    this.#writes = writes;
    this.#forms = forms;
    this.#merged = new MergedWrites(writes, (requests) =>
      this.#runWrites(writeOverLease, requests),
    );
  }

  /** Returns the client that it was made with. */
  get client(): RedisClient {
    return this.#client;
  }

  /**
   * Returns 1 for a Cluster: its keys are on different nodes, so no command may name two of them.
   */
  get keysPerRead(): number {
    return this.#keysPerCommand(mostKeysPerRead);
  }

  read(keys: readonly string[]): Promise<Values> {
    const most = this.keysPerRead;
    return keys.length <= most ? this.#readFew(keys) : this.#readMany(keys, most);
  }

  #readFew(keys: readonly string[]): Promise<Values> {
    const [key] = keys;
    if (key === undefined) return Promise.resolve([]);
    return this.#writes.sendAhead(keys, () => {
      if (keys.length > 1) return this.#readList(keys);
      return this.#port
        .get(key)
        .then((reply) => (isQueued(reply) ? this.#readList(keys) : asValue(reply)));
    });
  }

  #readList(keys: readonly string[]): Promise<Values> {
    return this.#port.send("MGET", keys).then((reply) => asValues(reply, keys.length));
  }

  async #readMany(keys: readonly string[], most: number): Promise<Values> {
    return (
      await settle(this.cork(() => split(keys, most).map((part) => this.#readFew(part))))
    ).flat();
  }

  cork<Result>(send: () => Result): Result {
    return this.#port.cork(send);
  }

  inspector(): Inspector {
    return inspectorOf(this.#port);
  }

  acquire(requests: readonly AcquireRequest[]): Promise<AcquireResult[]> {
    const [first] = requests;
    const few = first && requests.length === 1 && !first.force && !first.seenId;
    return few ? this.#acquireEmpty(first) : this.#acquireAny(requests);
  }

  /**
   * Takes the lease on an empty key. A miss mostly finds an empty key, and a plain command takes a
   * third of a script's time.
   */
  #acquireEmpty(request: AcquireRequest): Promise<AcquireResult[]> {
    const { key, token, leaseMs } = request;
    const taken = this.#port.send(
      "SET",
      [key],
      [asArgument(createLeaseAlone(token)), "PX", leaseMs, "NX"],
    );
    return taken.then((reply) => {
      if (!asWasSet(reply)) return this.#acquireAny([request]);
      this.#forms.recordWritable(key);
      return [acquired];
    });
  }

  #acquireAny(requests: readonly AcquireRequest[]): Promise<AcquireResult[]> {
    const replies = this.#run(acquire, requests, (part) => [
      pack(part, ({ token }) => token),
      pack(part, ({ seenId }) => seenId ?? noId),
      (part[0] as AcquireRequest).token,
      packTimes(part, ({ leaseMs }) => leaseMs),
      pack(part, ({ force }) => (force ? "1" : "0")),
    ]);
    return replies.then((all) => all.map(parseAcquired));
  }

  readAndLease(keys: readonly string[], request: LeaseRequest): Promise<LeasedValues> {
    const { token, leaseMs, count } = request;
    if (count === 1) return this.#readOrLease(keys, request);
    const header = asArgument(createLeaseAlone(token));
    const named = keys.map((key, i) => ({ key, isFirst: i < count }));
    const replies = this.#run(readAndLease, named, (part) => [
      header,
      leaseMs,
      part.filter(({ isFirst }) => isFirst).length,
    ]);
    return replies.then((all) => ({
      values: all.map((reply) => (isOne(reply) ? null : asBytes(reply))),
      leased: all.slice(0, count).map(isOne),
    }));
  }

  /**
   * Reads the first key, or takes the lease on it where it holds nothing, with one plain command,
   * and reads the others in the same round trip. The versions of an entry are read after it: if a
   * tag is invalidated in between, it has no version any more.
   */
  #readOrLease(keys: readonly string[], { token, leaseMs }: LeaseRequest): Promise<LeasedValues> {
    const [key] = keys as [string];
    const header = createLeaseAlone(token);
    const first = (): Promise<unknown> =>
      this.#port.send("SET", [key], [asArgument(header), "PX", leaseMs, "NX", "GET"]);
    const all = (): Promise<LeasedValues> =>
      this.read(keys).then((values) => ({ values, leased: notLeased }));
    if (keys.length === 1) {
      const send = (): Promise<unknown> => this.#writes.sendAhead(keys, first);
      const parse = (reply: unknown): LeasedValues | Promise<LeasedValues> =>
        isQueued(reply) ? all() : parseLeased(reply, header, noValues);
      return this.#forms.attempt("readOrLease", key, send, parse, all);
    }
    const both = (): Promise<unknown>[] => this.cork(() => [first(), this.read(keys.slice(1))]);
    const send = (): Promise<unknown[]> => settle(this.#writes.sendAhead(keys, both));
    const parse = (replies: unknown): LeasedValues | Promise<LeasedValues> => {
      const [reply, others] = replies as [unknown, Values];
      return isQueued(reply) ? all() : parseLeased(reply, header, others);
    };
    return this.#forms.attempt("readOrLease", key, send, parse, all);
  }

  renew(requests: readonly RenewRequest[]): Promise<boolean[]> {
    const replies = this.#run(renew, requests, (part) => [
      pack(part, ({ token }) => token),
      packTimes(part, ({ leaseMs }) => leaseMs),
    ]);
    return replies.then(asFlags);
  }

  write(requests: readonly WriteRequest[]): Promise<boolean[]> {
    const [first] = requests;
    if (first && requests.length === 1 && this.#canMerge(first))
      return this.#merged.add(first).then((isStored) => [isStored]);
    const keys = requests.map(({ key }) => key);
    return this.#writes.hold(keys, () => this.#write(requests));
  }

  /** Whether a script writes it, and no version has to be written with it. */
  #canMerge({ key, leaseOnly, versionKeys }: WriteRequest): boolean {
    return (
      leaseOnly === true &&
      versionKeys.length === 0 &&
      !this.#port.isCluster &&
      this.#forms.isRefused("replaceLease", key)
    );
  }

  #write(requests: readonly WriteRequest[]): Promise<boolean[]> {
    const versions = findVersions(requests);
    if (versions.length === 0) return this.#writeEntries(requests);
    // The versions come first: an entry must not be visible when its versions expire before it.
    const raise = (): Promise<unknown[]> =>
      this.#run(raiseTtl, versions, (part) => [packTimes(part, ({ ttlMs }) => ttlMs)]);
    return settle<unknown[]>(this.cork(() => [raise(), this.#writeEntries(requests)])).then(
      ([, stored]) => stored as boolean[],
    );
  }

  #writeEntries(requests: readonly WriteRequest[]): Promise<boolean[]> {
    const isAlone = requests.every(({ leaseOnly }) => leaseOnly);
    const write = (): Promise<boolean[]> =>
      this.#runWrites(isAlone ? writeOverLease : writeScript, requests);
    const [first] = requests;
    if (!first || !isAlone || requests.length > 1) return write();
    return this.#replaceLease(first, first.bytes, ["PX", first.ttlMs], write);
  }

  #runWrites(script: Script, requests: readonly WriteRequest[]): Promise<boolean[]> {
    const replies = this.#run(script, requests, (part) => [
      pack(part, ({ token }) => token),
      packTimes(part, ({ ttlMs }) => ttlMs),
      ...part.map(({ bytes }) => bytes),
    ]);
    return replies.then(asFlags);
  }

  async release(requests: readonly ReleaseRequest[]): Promise<void> {
    const release = (): Promise<boolean[]> => {
      const replies = this.#run(releaseScript, requests, (part) => [
        pack(part, ({ token }) => token),
      ]);
      return replies.then(asFlags);
    };
    const [first] = requests;
    if (!first || !first.leaseOnly || requests.length > 1) await release();
    // A value that is stored with a time in the past is gone at once. Storing it takes no
    // permission that a write doesn't take.
    else await this.#replaceLease(first, "", ["PXAT", 1], release);
  }

  /**
   * Stores where the key holds the lease and nothing else, with one plain command. If the key holds
   * anything else, the script decides, because it compares the tokens.
   */
  #replaceLease(
    { key, token }: ReleaseRequest,
    bytes: Buffer | string,
    expiry: readonly Argument[],
    script: () => Promise<boolean[]>,
  ): Promise<boolean[]> {
    this.#writes.keepOrder([key]);
    const lease = asArgument(createLeaseAlone(token));
    return this.#forms.attempt(
      "replaceLease",
      key,
      () => this.#port.send("SET", [key], [bytes, "IFEQ", lease, ...expiry]),
      (reply) => (asWasSet(reply) ? oneStored : script()),
      script,
    );
  }

  async delete(keys: readonly string[], options?: DeleteOptions): Promise<void> {
    const requests = keys.map((key) => ({ key, token: noId }));
    if (!options?.inOrder) await this.#delete(requests);
    else for (const part of split(requests, this.keysPerRead)) await this.#delete(part);
  }

  /**
   * Returns whether each key was held under the token. The script may name as many keys as a read,
   * because for most keys it is a DEL.
   */
  #delete(requests: readonly ReleaseRequest[]): Promise<boolean[]> {
    const replies = this.#run(
      deleteUnheld,
      requests,
      (part) => [pack(part, ({ token }) => token)],
      mostKeysPerRead,
    );
    return replies.then(asFlags);
  }

  async holdKeys(requests: readonly HoldRequest[]): Promise<boolean[]> {
    const replies = this.#run(holdKeys, requests, (part) => [
      pack(part, ({ token }) => token),
      packTimes(part, ({ leaseMs }) => leaseMs),
    ]);
    return replies.then(asFlags);
  }

  endHolds(requests: readonly ReleaseRequest[]): Promise<boolean[]> {
    return this.#delete(requests);
  }

  async ensureVersions(requests: readonly VersionRequest[]): Promise<(string | null)[]> {
    const replies = await this.#run(ensureVersion, requests, (part) => [
      pack(part, ({ seed }) => seed),
      packTimes(part, ({ ttlMs }) => ttlMs),
    ]);
    return replies.map(asVersion);
  }

  /**
   * Returns the server's time. In a Cluster it is one node's, because the nodes' clocks are assumed
   * to be equal.
   */
  async time(): Promise<number> {
    return asTime(await this.#port.send("TIME", []));
  }

  #keysPerCommand(most: number): number {
    return this.#port.isCluster ? 1 : most;
  }

  /** Returns one reply for each request, in their order. All commands are sent at once. */
  #run<Request extends { readonly key: string }>(
    script: Script,
    requests: readonly Request[],
    toArguments: (part: readonly Request[]) => Argument[],
    mostKeys = maxKeysPerScript,
  ): Promise<unknown[]> {
    this.#writes.keepOrder(requests.map(({ key }) => key));
    const run = (part: readonly Request[]): Promise<unknown[]> => {
      const keys = part.map(({ key }) => key);
      // A command that is sent together with others must not throw while the others are under way.
      const reply = startSafely(() => this.#port.run(script, keys, toArguments(part)));
      return reply.then((replies) => asReplies(replies, part.length));
    };
    const most = this.#keysPerCommand(mostKeys);
    if (requests.length === 0) return Promise.resolve([]);
    if (requests.length <= most) return run(requests);
    return settle(this.cork(() => split(requests, most).map(run))).then((replies) =>
      replies.flat(),
    );
  }
}

const noValues: Values = [];
const notLeased: readonly boolean[] = [false];
const leased: readonly boolean[] = [true];
const oneStored: boolean[] = [true];

/**
 * Reads the reply to SET with NX and GET. A command that the client has sent again finds its own
 * lease.
 * @param others the values at the further keys
 */
function parseLeased(reply: unknown, header: string, others: Values): LeasedValues {
  const [bytes] = asValue(reply) as [Buffer | null];
  if (bytes === null || (bytes.length === header.length && bytes.toString("latin1") === header))
    return { values: [null, ...others], leased };
  return { values: [bytes, ...others], leased: notLeased };
}

function asFlags(replies: readonly unknown[]): boolean[] {
  return replies.map(asFlag);
}

/**
 * Packs texts of equal length into one argument. If all are equal, it contains only one of them.
 */
function pack<Request>(
  requests: readonly Request[],
  textOf: (request: Request) => string,
): Argument {
  const first = textOf(requests[0] as Request);
  if (requests.every((request) => textOf(request) === first)) return asArgument(first);
  let text = "";
  for (const request of requests) text += textOf(request);
  return asArgument(text);
}

const noTime = "0".repeat(timeDigits);

function packTimes<Request>(
  requests: readonly Request[],
  msOf: (request: Request) => number,
): Argument {
  const first = msOf(requests[0] as Request);
  if (requests.every((request) => msOf(request) === first)) return first;
  return pack(requests, (request) => {
    const digits = String(msOf(request));
    return noTime.slice(digits.length) + digits;
  });
}

/**
 * Returns Latin-1 text. A command of text alone is encoded several times as fast as one with a
 * Buffer in it.
 */
function asArgument(text: string): string | Buffer {
  return isAscii(text) ? text : Buffer.from(text, "latin1");
}

function parseAcquired(reply: unknown): AcquireResult {
  if (Buffer.isBuffer(reply)) return { status: "changed", bytes: reply };
  if (reply === 2 || reply === "2") return held;
  return asFlag(reply) ? acquired : busy;
}

const noVersions: readonly { key: string; ttlMs: number }[] = [];

/** Returns each version key once, with the longest life that is asked for it. */
function findVersions(
  requests: readonly WriteRequest[],
): readonly { key: string; ttlMs: number }[] {
  if (requests.every(({ versionKeys }) => versionKeys.length === 0)) return noVersions;
  const ttls = new Map<string, number>();
  for (const { ttlMs, versionKeys } of requests) {
    for (const key of versionKeys) ttls.set(key, Math.max(ttlMs, ttls.get(key) ?? 0));
  }
  return Array.from(ttls, ([key, ttlMs]) => ({ key, ttlMs }));
}

function split<Item>(items: readonly Item[], size: number): Item[][] {
  const parts: Item[][] = [];
  for (let at = 0; at < items.length; at += size) parts.push(items.slice(at, at + size));
  return parts;
}

/** Does what `Promise.all` does, but when it rejects, nothing is under way any more. */
async function settle<Value>(promises: readonly Promise<Value>[]): Promise<Value[]> {
  try {
    return await Promise.all(promises);
  } catch (error) {
    await Promise.allSettled(promises);
    throw error;
  }
}
