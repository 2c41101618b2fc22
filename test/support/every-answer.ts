import type { ExecutionContext } from "ava";
import { randomId } from "../../runtime/entry/id";
import type { RedisBackend } from "../../runtime/backends/redis/redis-backend";

/** A request for the lease on a key that nobody has read. */
export const lease = (key: string, token: string) => ({
  key,
  token,
  leaseMs: 60_000,
  seenId: null,
  force: false,
});

/** A request to store at a key. */
export const entry = (key: string, token: string, text = "x") => ({
  key,
  token,
  bytes: Buffer.from(text),
  ttlMs: 60_000,
  versionKeys: [],
});

/** Each method of the backend, and what it answers in several states of its keys. */
export async function everyAnswer(t: ExecutionContext, backend: RedisBackend): Promise<void> {
  const [token, other] = [randomId(), randomId()];
  const keys = ["a", "b", "c"];
  const acquired = { status: "acquired" };
  t.deepEqual(await backend.acquire([lease("a", token)]), [acquired]);
  t.deepEqual(await backend.acquire(keys.map((key) => lease(key, token))), [
    acquired,
    acquired,
    acquired,
  ]);
  t.deepEqual(await backend.acquire([lease("a", other)]), [{ status: "busy" }]);
  t.deepEqual(await backend.renew([lease("a", token), lease("a", other)]), [true, false]);
  t.deepEqual(await backend.write([entry("a", token), entry("b", other)]), [true, false]);
  t.deepEqual(await backend.acquire([lease("a", other)]), [
    { status: "changed", bytes: Buffer.from("x") },
  ]);
  await backend.release([{ key: "b", token }]);
  const request = { token: other, leaseMs: 60_000, count: 3 };
  const leased = { values: [Buffer.from("x"), null, null], leased: [false, true, false] };
  t.deepEqual((await backend.readAndLease(keys, request)).leased, leased.leased);
  t.deepEqual(await backend.read(["a"]), [Buffer.from("x")]);
  t.deepEqual(await backend.read(["a", "none"]), [Buffer.from("x"), null]);
  const [version] = await backend.ensureVersions([{ key: "tag", seed: randomId(), ttlMs: 60_000 }]);
  t.is(version?.length, 8);
  t.deepEqual(await backend.ensureVersions([{ key: "tag", seed: randomId(), ttlMs: 60_000 }]), [
    version,
  ]);
  await backend.delete(["a", "b"]);
  t.deepEqual(await backend.read(["a"]), [null]);
  t.true(Math.abs((await backend.time()) - Date.now()) < 60_000);
}

/** Each method once, by name, on keys that another test doesn't use. */
export function everyMethod(
  backend: RedisBackend,
  key: string,
): Record<string, () => Promise<unknown>> {
  const token = randomId();
  return {
    "read of one key": () => backend.read([key]),
    "read of two keys": () => backend.read([key, `${key}:other`]),
    "acquire one": () => backend.acquire([lease(key, token)]),
    "acquire two": () => backend.acquire([lease(key, token), lease(`${key}:other`, token)]),
    readAndLease: () =>
      backend.readAndLease([key, `${key}:other`], { token, leaseMs: 1_000, count: 2 }),
    renew: () => backend.renew([lease(key, token)]),
    write: () => backend.write([entry(key, token)]),
    release: () => backend.release([{ key, token }]),
    delete: () => backend.delete([key]),
    holdKeys: () => backend.holdKeys([{ key, token, leaseMs: 1_000 }]),
    endHolds: () => backend.endHolds([{ key, token }]),
    ensureVersions: () =>
      backend.ensureVersions([{ key: `${key}:tag`, seed: token, ttlMs: 1_000 }]),
    time: () => backend.time(),
  };
}
