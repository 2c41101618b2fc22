import type { Redis } from "ioredis";
import type { Backend, WriteRequest } from "../../../runtime/backends/backend";
import { idLength, versionsOffset } from "../../../runtime/entry/entry";
import { CallerContext } from "../../../runtime/user-code/caller-context";
import type { Mutation } from "../protocol";

/**
 * Makes a runtime that leaves out one of its precautions. The checker must find each of these
 * mistakes.
 */
export function mutate(mutation: Mutation, backend: Backend, client: Redis): Backend {
  if (mutation === "wrong context") CallerContext.prototype.run = (work) => work();
  const store = ({ key, bytes, ttlMs }: WriteRequest): Promise<unknown> =>
    client.set(key, bytes, "PX", ttlMs);
  const mutations: Record<Mutation, Partial<Backend>> = {
    "blind write": {
      write: (requests) =>
        Promise.all(requests.map(async (request) => Boolean(await store(request)))),
    },
    "late versions": {
      write: (requests) =>
        Promise.all(
          requests.map(async (request) => {
            const standing = await backend.read(request.versionKeys);
            const [stored] = await backend.write([
              { ...request, bytes: replaceVersions(request.bytes, standing) },
            ]);
            return Boolean(stored);
          }),
        ),
    },
    "early acknowledgement": {
      async delete(keys) {
        setTimeout(() => void backend.delete(keys).catch(() => {}), 5);
      },
    },
    "wrong context": {},
  };
  const base: Backend = {
    name: backend.name,
    remote: backend.remote,
    read: (keys, options) => backend.read(keys, options),
    acquire: (requests) => backend.acquire(requests),
    renew: (requests) => backend.renew(requests),
    write: (requests) => backend.write(requests),
    release: (requests) => backend.release(requests),
    delete: (keys, options) => backend.delete(keys, options),
    ensureVersions: (requests) => backend.ensureVersions(requests),
    time: () => backend.time(),
  };
  return { ...base, ...mutations[mutation] };
}

function replaceVersions(bytes: Buffer | string, versions: readonly (Buffer | null)[]): Buffer {
  const copy = Buffer.from(bytes);
  versions.forEach((version, i) => version?.copy(copy, versionsOffset + i * idLength));
  return copy;
}
