import test, { type ExecutionContext } from "ava";
import { parseClusterNodes } from "../../../runtime/backends/redis/cluster-view";
import { slotCount, slotOf } from "../../../runtime/backends/redis/key-slot";
import type {
  ClusterTrackingPort,
  ConnectionListener,
  InvalidationListener,
  MasterPort,
  RedisPort,
} from "../../../runtime/backends/redis/redis-port";
import { ClusterStreams } from "../../../runtime/backends/tiered/cluster-streams";
import { SlotTable } from "../../../runtime/backends/tiered/slot-table";
import { FakeClock } from "../../../runtime/testing/fake-clock";
import { keysIn } from "../../support/slots";

type Line = readonly [id: string, epoch: number, slots?: string];

/**
 * Returns what one node says about the Cluster, in the form of CLUSTER NODES. The first line is
 * about the node itself.
 */
function said(...lines: readonly Line[]): string {
  return lines
    .map(([id, epoch, slots = ""], i) => {
      const flags = i === 0 ? "myself,master" : "master";
      return `${id} 10.0.0.1:6379@16379,host ${flags} - 0 ${Date.now()} ${epoch} connected ${slots}`.trimEnd();
    })
    .join("\n");
}

test("a view has the slots of all nodes, and those that are migrating", (t) => {
  const view = parseClusterNodes(
    said(["a", 3, "0-5 9 [7->-b] [8-<-b]"], ["b", 4, "6-8"], ["c", 5]),
  );
  t.deepEqual(view.self, { id: "a", epoch: 3, ranges: [[0, 5], [9, 9]] }); // prettier-ignore
  t.deepEqual(
    view.holdings.map(({ id }) => id),
    ["a", "b"],
  );
  t.deepEqual([...view.moving], [7, 8]);
  t.is(
    view.digest,
    parseClusterNodes(said(["a", 3, "0-5 9 [7->-b] [8-<-b]"], ["b", 4, "6-8"])).digest,
  );
  t.throws(() => parseClusterNodes("OK"), { message: /does not name the node that was asked/ });
});

function owner(...lines: readonly Line[]) {
  return { view: parseClusterNodes(said(...lines)), isLive: () => true };
}

test("a slot belongs to its master, unless the master denies it, moves it, or another node knows of a later holder", (t) => {
  const table = new SlotTable();
  const b = owner(["b", 2, "3-5"], ["a", 1, "0-2"]);
  const owners = (a: ReturnType<typeof owner>): (string | undefined)[] => {
    table.update([a, b]);
    return [0, 1, 2, 3].map((slot) => table.ownerOf(slot)?.view?.self.id);
  };
  t.deepEqual(owners(owner(["a", 1, "0-2"])), ["a", "a", "a", "b"]);
  t.deepEqual(owners(owner(["a", 1, "1-2"])), [undefined, "a", "a", "b"]);
  t.deepEqual(owners(owner(["a", 1, "0-2 [1->-b]"])), ["a", undefined, "a", "b"]);
  t.deepEqual(owners(owner(["a", 3, "0-3"])), ["a", "a", "a", "a"]);
  t.deepEqual(owners(owner(["a", 1, "0-3"])), ["a", "a", "a", "b"]);
  t.deepEqual(owners(owner(["a", 2, "0-3"])), ["a", "a", "a", undefined], "nobody knows which");
  t.deepEqual(owners(owner(["a", 1, "0-2"], ["c", 9, "1-2"])), ["a", undefined, undefined, "b"]);
});

test("a claim ends when its slot leaves the owner, and no other does", (t) => {
  const table = new SlotTable();
  const [b, c] = [owner(["b", 2, "3-5"]), owner(["c", 3, "6-16383"])];
  const a = { view: parseClusterNodes(said(["a", 1, "0-2"])), isLive: () => true };
  table.update([a, b, c]);
  t.is(table.strays, 0);
  const claims = [0, 1, 2, 3].map((slot) => table.claim(slot));
  const live = (): (boolean | undefined)[] => claims.map((claim) => claim?.isLive(0));
  a.view = parseClusterNodes(said(["a", 1, "0 2"]));
  table.update([a, b, c]);
  t.deepEqual(live(), [true, false, true, true]);
  t.is(table.strays, 1);
  a.view = parseClusterNodes(said(["a", 1, "0-2"]));
  table.update([a, b, c]);
  t.deepEqual(live(), [true, false, true, true], "what has been lost in between is not known");
  t.is(table.claim(0), claims[0] as never);
  t.true(table.claim(1)?.isLive(0));
  table.endClaims(a);
  t.deepEqual(live(), [false, false, false, true]);
  table.update([b, c]);
  t.is(table.strays, 3);
});

/**
 * A master that says what the test tells it to say, and reports each canary that is written to one
 * of its slots.
 */
class FakeMaster implements MasterPort {
  readonly isReady = true;
  says = "";
  isFrozen = false;
  #connection: ConnectionListener | null = null;
  #stream: InvalidationListener | null = null;
  readonly #late: (() => void)[] = [];

  constructor(readonly address: string) {}

  watch(listener: ConnectionListener): () => void {
    this.#connection = listener;
    return () => {};
  }

  openInvalidations(_prefixes: readonly string[], listener: InvalidationListener) {
    this.#stream = listener;
    queueMicrotask(() => listener.opened());
    return { fail: (cause: Error) => listener.ended(cause), close() {} };
  }

  askNodes(): Promise<string> {
    return this.#answer(() => this.says);
  }

  write(key: string): Promise<unknown> {
    return this.#answer(() => this.report(key));
  }

  report(key: string): void {
    this.#stream?.invalidated([Buffer.from(key)]);
  }

  loseConnection(): void {
    this.#connection?.lost();
  }

  thaw(): void {
    this.isFrozen = false;
    for (const answer of this.#late.splice(0)) answer();
  }

  #answer<Reply>(make: () => Reply): Promise<Reply> {
    if (!this.isFrozen) return Promise.resolve(make());
    return new Promise((resolve) => this.#late.push(() => resolve(make())));
  }
}

const half = slotCount / 2;
const [lower, upper] = [`0-${half - 1}`, `${half}-${slotCount - 1}`];
const maxLagMs = 300;

/** A Cluster of two masters. The client shares the slots between them as the test tells it to. */
async function start(t: ExecutionContext) {
  const clock = new FakeClock();
  const [a, b] = [new FakeMaster("a:1"), new FakeMaster("b:2")];
  a.says = said(["a", 1, lower], ["b", 2, upper]);
  b.says = said(["b", 2, upper], ["a", 1, lower]);
  const routes = { lower: a, upper: b, masters: [a, b] };
  const masterOf = (slot: number): FakeMaster => (slot < half ? routes.lower : routes.upper);
  const cluster: ClusterTrackingPort = {
    ...{ isReady: true, watch: () => () => {} },
    masters: () => routes.masters,
    masterOf,
  };
  const port = {
    ...{ keyPrefix: "", isCluster: true, tracking: cluster },
    send: (_command: string, [key = ""]: readonly string[]) => masterOf(slotOf(key)).write(key),
  } as unknown as RedisPort;
  const invalidated: string[] = [];
  const causes: string[] = [];
  const streams = new ClusterStreams(port, cluster, {
    ...{ prefixes: [""], maxLagMs, clock, onInvalidated: (key) => void invalidated.push(key) },
    onStateChange: (_, cause) => void (cause && causes.push(cause.message)),
  });
  t.teardown(() => streams.close());
  await clock.advance(maxLagMs / 3);
  t.is(streams.state, "live");
  const [[inLower = ""], [inUpper = ""]] = [
    keysIn([0, half - 1], 1),
    keysIn([half, slotCount - 1], 1),
  ];
  const vouch = (key: string) => streams.vouch(key, clock.now());
  return { clock, a, b, routes, streams, invalidated, causes, inLower, inUpper, vouch };
}

test("each master's keys are vouched for by its own stream, and all are reported", async (t) => {
  const { a, b, invalidated, inLower, inUpper, vouch } = await start(t);
  t.truthy(vouch(inLower));
  t.truthy(vouch(inUpper));
  invalidated.length = 0;
  a.report(inLower);
  b.report(inUpper);
  t.deepEqual(invalidated, [inLower, inUpper]);
});

test("what was kept of a master that is silent is out of use after maxLag, and in use again when it answers", async (t) => {
  const { clock, a, streams, inLower, inUpper, vouch } = await start(t);
  const [lost, kept] = [vouch(inLower), vouch(inUpper)];
  a.isFrozen = true;
  await clock.advance(maxLagMs);
  t.false(lost?.isLive(clock.now()));
  t.true(kept?.isLive(clock.now()));
  t.is(vouch(inLower), null);
  t.is(streams.state, "partial");
  a.thaw();
  await clock.advance(maxLagMs / 3);
  t.true(lost?.isLive(clock.now()));
  t.is(streams.state, "live");
});

test("a master whose connection is lost permanently ends what was kept of it", async (t) => {
  const { clock, a, inLower, inUpper, vouch } = await start(t);
  const [lost, kept] = [vouch(inLower), vouch(inUpper)];
  a.loseConnection();
  await clock.advance(maxLagMs);
  t.false(lost?.isLive(clock.now()));
  t.true(kept?.isLive(clock.now()));
  t.true(vouch(inLower)?.isLive(clock.now()));
});

test("a master that was replaced while it was suspended is not believed when it continues", async (t) => {
  const { clock, a, b, inLower, inUpper, vouch } = await start(t);
  const [lost, kept] = [vouch(inLower), vouch(inUpper)];
  a.isFrozen = true;
  // A third node, to which the client has no connection, is known to the others.
  b.says = said(["b", 2, upper], ["c", 3, lower]);
  await clock.advance(maxLagMs);
  // It knows of no change, takes canaries, and says that the slots are its own.
  a.thaw();
  await clock.advance(maxLagMs);
  t.false(lost?.isLive(clock.now()));
  t.is(vouch(inLower), null);
  t.true(kept?.isLive(clock.now()));
});

test("a value that the client reads from another master than the slot's holder is not kept", async (t) => {
  const { clock, a, b, routes, inLower, vouch } = await start(t);
  a.says = said(["a", 1], ["b", 3, `0-${slotCount - 1}`]);
  b.says = said(["b", 3, `0-${slotCount - 1}`]);
  await clock.advance(maxLagMs);
  t.is(vouch(inLower), null, "the client still asks the master that was replaced");
  routes.lower = b;
  t.truthy(vouch(inLower));
});

test("a higher epoch ends what was kept of a master, because slots may have been lost and won again", async (t) => {
  const { clock, a, inLower, inUpper, vouch } = await start(t);
  const [lost, kept] = [vouch(inLower), vouch(inUpper)];
  a.says = said(["a", 4, lower], ["b", 2, upper]);
  await clock.advance(maxLagMs / 3);
  t.false(lost?.isLive(clock.now()));
  t.true(kept?.isLive(clock.now()));
  t.true(vouch(inLower)?.isLive(clock.now()));
});

test("a master whose canary's slot has moved proves itself by another one, and its other slots stay in use", async (t) => {
  const { clock, a, b, streams, vouch } = await start(t);
  const quarter = half / 2;
  const [[leaving = ""], [staying = ""]] = [
    keysIn([0, quarter - 1], 1),
    keysIn([quarter, half - 1], 1),
  ];
  for (const [key, slots] of [
    [leaving, `${quarter}-${half - 1}`],
    [staying, `0-${quarter - 1}`],
  ] as const) {
    const [lost, kept] = [vouch(key), vouch(key === leaving ? staying : leaving)];
    a.says = said(["a", 1, slots], ["b", 2, upper]);
    b.says = said(["b", 2, upper], ["a", 1, slots]);
    await clock.advance(2 * maxLagMs);
    t.false(lost?.isLive(clock.now()));
    t.true(kept?.isLive(clock.now()));
    t.is(streams.state, "partial", "nobody holds the others");
    a.says = said(["a", 1, lower], ["b", 2, upper]);
    b.says = said(["b", 2, upper], ["a", 1, lower]);
    await clock.advance(maxLagMs);
    t.is(streams.state, "live");
  }
});

test("a master that the client doesn't know any more takes its keys out of use", async (t) => {
  const { clock, b, routes, streams, inLower, inUpper, vouch } = await start(t);
  const [lost, kept] = [vouch(inLower), vouch(inUpper)];
  routes.masters = [b];
  await clock.advance(maxLagMs / 3);
  t.false(lost?.isLive(clock.now()));
  t.true(kept?.isLive(clock.now()));
  t.is(streams.state, "partial");
});
