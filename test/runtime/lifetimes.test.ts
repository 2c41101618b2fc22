import type { TestCache } from "../support/cache";
import { useStores } from "../support/stores";
import { template } from "../support/templates";

const onEachStore = useStores();
const minute = 60_000;

/** So much time passes for the process and for the store; what is stored stays there, as it does under a lease. */
async function pass(cache: TestCache, ms: number): Promise<void> {
  const { backend } = cache;
  const time = backend.time.bind(backend);
  if (backend.remote) backend.time = async () => (await time()) + ms;
  await cache.clock.advance(ms);
}

onEachStore("an entry under a lease that outlasts it is not served beyond its ttl", async (t, create) => {
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
  // Another holds the lease, so that the loader's value isn't stored; what matters is that the old one isn't served.
  const call = f();
  await cache.clock.advance(60 * minute);
  t.is(await call, "new");
});

onEachStore("a refresh that fails leaves the entry and its ttl as they were", async (t, create) => {
  const cache = create({ lease: "1h" });
  let broken = false;
  const key = template(["k"], () => []);
  const f = cache.count({ name: "f", key, ttlMs: minute, tags: [template(["t"], () => [])] }, async () => {
    if (broken) throw new Error("broken");
    return 1;
  });
  await f();
  await cache.idle();
  const [before] = await cache.backend.read(["k"]);
  broken = true;
  await t.throwsAsync(() => f.refresh(), { message: "broken" });
  await cache.idle();
  t.deepEqual(await cache.backend.read(["k"]), [before as Buffer]);
  t.is(await f(), 1);
});
