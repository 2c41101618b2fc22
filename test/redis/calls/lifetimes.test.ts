import { Entry, parseStored } from "../../../runtime/entry/entry";
import { FakeClock } from "../../../runtime/testing/fake-clock";
import { deferred, type TestCache } from "../../support/cache";
import { useStores } from "../../support/stores";
import { template } from "../../support/templates";

const onEachStore = useStores();
const minute = 60_000;

/**
 * This much time passes for the process and for the store. Entries stay in the store, as they do
 * under a lease.
 */
async function pass(cache: TestCache, ms: number): Promise<void> {
  const { backend } = cache;
  const time = backend.time.bind(backend);
  if (backend.remote) backend.time = async () => (await time()) + ms;
  await cache.clock.advance(ms);
}

onEachStore(
  "an entry under a lease that outlasts it is not served beyond its ttl",
  async (t, create) => {
    const cache = create({ lease: "1h" });
    let source = "old";
    const key = template(["k"], () => []);
    const f = cache.count({ name: "f", key, ttlMs: minute }, async () => source);
    await f();
    await cache.idle();
    const token = "77777777";
    const lease = { key: "k", token, leaseMs: 10 * minute };
    await cache.backend.acquire([{ ...lease, seenId: null, force: true }]);
    t.is(await f(), "old");
    source = "new";
    await pass(cache, minute);
    // Another caller holds the lease, so that the loader's value isn't stored. The old one must not
    // be served.
    const call = f();
    await cache.clock.advance(60 * minute);
    t.is(await call, "new");
  },
);

onEachStore("a refresh that fails leaves the entry and its ttl as they were", async (t, create) => {
  const cache = create({ lease: "1h" });
  let broken = false;
  const key = template(["k"], () => []);
  const f = cache.count(
    { name: "f", key, ttlMs: minute, tags: [template(["t"], () => [])] },
    async () => {
      if (broken) throw new Error("broken");
      return 1;
    },
  );
  await f();
  await cache.idle();
  const [before] = await cache.backend.read(["k"]);
  broken = true;
  await t.throwsAsync(() => f.refresh(), { message: "broken" });
  await cache.idle();
  t.deepEqual(await cache.backend.read(["k"]), [before as Buffer]);
  t.is(await f(), 1);
});

onEachStore(
  "a process that can't ask for the time neither stores nor judges what depends on it",
  async (t, create) => {
    const plan = { ttlMs: minute, staleMs: 60 * minute };
    const right = create();
    const wrong = create({ clock: new FakeClock(Date.now() + 60 * minute) });
    const f = right.count({ name: "f", ...plan }, async (id: number) => `right ${id}`);
    const g = wrong.count({ name: "f", ...plan }, async (id: number) => `wrong ${id}`);
    await f(1);
    await right.idle();
    wrong.backend.fail("time");
    t.is(await g(1), "wrong 1");
    t.is(await g(2), "wrong 2");
    await g.refresh(3);
    await wrong.idle();
    t.deepEqual(await wrong.backend.read(["f|2", "f|3"]), [null, null]);
    t.is(await f(1), "right 1");
    wrong.backend.heal();
    await wrong.clock.advance(1_000);
    t.is(await g(1), "right 1");
    await g(2);
    await wrong.idle();
    t.is(await f(2), "wrong 2");
    const [entry] = await wrong.backend.read(["f|2"]);
    const stored = parseStored(entry as Buffer);
    const leftMs =
      stored instanceof Entry && stored.times
        ? stored.times.freshUntil - (await right.backend.time())
        : 0;
    t.true(leftMs <= minute && leftMs > minute / 2, `fresh for ${leftMs} ms`);
  },
);

onEachStore(
  "what takes longer to load than its tags' versions would last is stored",
  async (t, create) => {
    const cache = create({ lease: "30s" });
    const tags = [template(["t"], () => [])];
    const ofResult = { ...template(["of:", ""], (result: number) => [result]), kind: "of" };
    for (const plan of [
      { name: "f", tags },
      { name: "g", resultTags: [ofResult] },
    ]) {
      const gate = deferred();
      const started = deferred();
      const f = cache.count({ ...plan, ttlMs: 2_000 }, async (_id: number) => {
        started.resolve();
        return gate.promise.then(() => 1);
      });
      const call = f(1);
      await started.promise;
      cache.backend.takeTrace();
      await cache.clock.advance(120_000);
      t.true(cache.backend.takeTrace().includes("ensureVersions"));
      gate.resolve();
      await call;
      await cache.idle();
      t.is(await f(1), 1);
      t.is(f.loads.length, 1, plan.name);
    }
  },
);
