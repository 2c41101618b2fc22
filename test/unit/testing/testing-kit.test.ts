import test from "ava";
import { ConfigError, configure, idle, MemoryBackend, RedisBackend, stats } from "../../../runtime";
import { wrap } from "../../../runtime/calls/cached-function";
import { clearCaches, FakeClock, FaultyBackend, recordEvents } from "../../../runtime/testing";
import { keyOver } from "../../support/templates";

// A user's tests use the default cache of the process, too.
const serial = test.serial;

let loads = 0;
const getUser = wrap(
  () => ({ name: "shop.getUser", key: keyOver((id) => [id]), ttlMs: 60_000 }),
  async () => ++loads,
) as ((id: number) => Promise<number>) & { invalidate(id: number): Promise<void> };

serial.afterEach(() => (loads = 0));

serial("a clock that stands still makes entries expire when the test says so", async (t) => {
  const clock = new FakeClock();
  configure({ clock, jitter: 0, backend: new MemoryBackend({ clock }) });
  t.is(await getUser(5), 1);
  await clock.advance(59_999);
  t.is(await getUser(5), 1);
  await clock.advance(1);
  t.is(await getUser(5), 2);
  // Leases are renewed until the value is stored.
  await idle();
  t.is(clock.pending, 0);
});

serial("a faulty backend shows what callers see of an outage", async (t) => {
  const backend = new FaultyBackend(new MemoryBackend());
  configure({ backend });
  const record = recordEvents();
  t.is(await getUser(5), 1);
  backend.fail("read");
  t.is(await getUser(5), 2, "the function's own value");
  backend.heal();
  t.is(await getUser(5), 1);
  backend.failNext("delete");
  await t.throwsAsync(() => getUser.invalidate(5), { code: "ZCACHE_BACKEND" });
  t.deepEqual(record.take(), [
    "miss shop.getUser|5",
    "load shop.getUser|5",
    "store shop.getUser|5",
    "fault read shop.getUser|5",
    "load shop.getUser|5",
    "hit shop.getUser|5",
    "fault delete shop.getUser|5",
  ]);
  t.deepEqual(backend.takeTrace(), ["read", "acquire", "write", "read", "read", "delete"]);
  record.stop();
  await getUser(6);
  t.deepEqual(record.take(), []);
});

serial("a read that takes the lease is a read for the test, too", async (t) => {
  const backend = new FaultyBackend(new MemoryBackend());
  configure({ backend });
  const traceOf = async (id: number) => {
    backend.takeTrace();
    await getUser(id);
    await idle();
    return backend.takeTrace();
  };
  for (let id = 100; id < 104; id++) t.deepEqual(await traceOf(id), ["read", "acquire", "write"]);
  t.deepEqual(await traceOf(104), ["read", "write"], "most calls miss");
  backend.failNext("read");
  t.deepEqual(await traceOf(105), ["read", "release"], "the lease may have been taken");
  t.deepEqual(await traceOf(105), ["read", "write"]);
});

serial("clearCaches empties what is in memory, and says what it can't empty", async (t) => {
  configure({ backend: new FaultyBackend(new MemoryBackend()) });
  await getUser(5);
  await clearCaches();
  t.is(await getUser(5), 2);
  t.is(stats().functions["shop.getUser"]?.miss, 1);
  const client = {
    isCluster: false,
    getBuffer() {},
    mgetBuffer() {},
    del() {},
    time() {},
    defineCommand() {},
  };
  configure({ backend: new RedisBackend(client as never) });
  await t.throwsAsync(clearCaches, { instanceOf: ConfigError, message: /kept by redis/ });
  configure();
});
