import test from "ava";
import type { TieredBackend } from "../../../../runtime/backends/tiered/tiered-backend";
import { backendContract, type Subject } from "../../../support/backend-contract";
import { type RedisServer, startRedis, until } from "../../../support/redis";
import { redisSubject } from "../../../support/redis-subject";
import { createTier, live, minute, type Tier } from "./tier";

let server: RedisServer;
const subjects = new Map<string, Subject>();

test.before(async () => {
  server = await startRedis();
  const [plain, remembering] = [
    createTier(server.client()),
    createTier(server.client({ keyPrefix: "app:" })),
  ];
  await Promise.all([plain, remembering].map(live));
  subjects.set("tiered", createSubject(plain, plain.backend));
  // Memory may answer every read, and no test can see the difference.
  subjects.set(
    "tiered, read from memory",
    createSubject(remembering, readingFromMemory(remembering.backend)),
  );
});

test.after.always(() => server?.stop());

for (const name of ["tiered", "tiered, read from memory"]) {
  backendContract(name, () => subjects.get(name) as Subject, test.serial);
}

function readingFromMemory(backend: TieredBackend): TieredBackend {
  return new Proxy(backend, {
    get(target, name) {
      if (name === "read") return (keys: readonly string[]) => target.read(keys, minute);
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

function createSubject({ client, memory }: Tier, backend: Subject["backend"]): Subject {
  const subject = redisSubject(client);
  return {
    backend,
    ...subject,
    async put(key, bytes, ttlMs) {
      await subject.put(key, bytes, ttlMs);
      // The write is like that of another program, so that memory learns of it by a push.
      await until("the push has come", async () => memory.recall(key) === null);
    },
  };
}
