import type { Backend } from "../../../runtime/backends/backend";
import { createStored, noTerms, parseStored } from "../../../runtime/entry/entry";
import { randomId } from "../../../runtime/entry/id";
import { caller, world } from "./world";

export function writeBlindly(backend: Backend): Backend {
  return {
    ...backend,
    write: async (requests) => {
      // The write is carried out at once, without the delays, like a `SET` without a condition.
      const forced = requests.map(({ key, token }) => ({
        key,
        token,
        leaseMs: 30,
        seenId: null,
        force: true,
      }));
      const { acquire, write } = world.store;
      await world.schedule.point();
      void acquire.call(world.store, forced);
      return write.call(world.store, requests);
    },
  };
}

export function leaseLate(backend: Backend): Backend {
  const late = new Set<string>();
  return {
    ...backend,
    readAndLease: async (some, { count, token }) => {
      const values = await backend.read(some);
      const leased = values.slice(0, count).map((bytes) => bytes === null);
      if (leased.includes(true)) late.add(token);
      return { values, leased };
    },
    write: async (requests) => {
      const own = requests.filter(({ token }) => late.has(token));
      void world.store.acquire(
        own.map(({ key, token }) => ({ key, token, leaseMs: 30, seenId: null, force: false })),
      );
      return backend.write(requests);
    },
  };
}

/** All holders have the same token. */
export function countNoHolds(backend: Backend): Backend {
  const { holdKeys, endHolds } = backend as Required<Backend>;
  const token = "one hold";
  return {
    ...backend,
    holdKeys: (requests) => holdKeys(requests.map((request) => ({ ...request, token }))),
    endHolds: (requests) => endHolds(requests.map((request) => ({ ...request, token }))),
  };
}

export function leaveFences(backend: Backend): Backend {
  return {
    ...backend,
    delete: (some) => backend.delete(some.filter((key) => !key.startsWith("tags:"))),
  };
}

export function readVersionsLate(backend: Backend): Backend {
  return {
    ...backend,
    write: async (requests) => {
      const late = requests.map(async (request) => {
        const stored = parseStored(Buffer.from(request.bytes as string));
        if (stored === "unreadable" || stored.payload === null || request.versionKeys.length === 0)
          return request;
        const versions = await backend.ensureVersions(
          request.versionKeys.map((key) => ({ key, seed: randomId(), ttlMs: 1_000 })),
        );
        return {
          ...request,
          bytes: createStored(
            randomId(),
            { ...noTerms, versions: versions as string[] },
            stored.payload,
          ),
        };
      });
      return backend.write(await Promise.all(late));
    },
  };
}

/** A refresh that could not store its value does not find that it has anything to delete. */
export function leaveRefreshed(backend: Backend): Backend {
  const isRefresh = (): boolean => caller.getStore()?.leasedAt !== undefined;
  return {
    ...backend,
    read: async (keys) => {
      const values = await backend.read(keys);
      return isRefresh() ? values.map(() => null) : values;
    },
  };
}
