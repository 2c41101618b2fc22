import test, { type ExecutionContext } from "ava";
import type { Redis } from "ioredis";
import { RedisBackend } from "../../../runtime/backends/redis/redis-backend";
import { BackendError } from "../../../runtime/errors";
import { countCalls } from "../../support/counted-calls";
import { type AnyClient, type ClientLibrary, libraries } from "../../support/redis-clients";
import { type RedisServer, startRedis, until } from "../../support/redis";

/**
 * These tests show what a program's calls do when the server refuses something, or when the client
 * can't ask it. With each client a call returns what its loader returns, an event says why nothing
 * was cached, and nothing rejects but an invalidation that was not carried out. AVA fails the file
 * if anything else rejects.
 */

interface World {
  readonly server: RedisServer;
  readonly admin: Redis;
  readonly client: AnyClient;
}

type Step = (world: World) => Promise<unknown>;

interface Trouble {
  /** The server is started with these arguments. */
  readonly args?: readonly string[];
  /** The client is created with these options. */
  readonly options?: (library: ClientLibrary, port: number) => object;
  /**
   * The trouble is there from the beginning. Without it the client has stored an entry before
   * `begin` is called.
   */
  readonly fromTheBeginning?: true;
  /** This runs before the client connects. */
  readonly prepare?: (admin: Redis) => Promise<unknown>;
  readonly begin?: Step;
  /** Everything works again after this has run. */
  readonly end?: Step;
  /** Whether what was stored before is still returned. */
  readonly serves?: true;
  readonly invalidates?: true;
  /** Whether missing values are stored. */
  readonly stores?: "everywhere" | "where SET has IFEQ";
  /** The client doesn't learn what is wrong, so that the deadline decides, which is short here. */
  readonly isSilent?: true;
  /** Only these clients can be in this trouble. @defaultValue all */
  readonly only?: (library: ClientLibrary) => boolean;
  /** The events say this. */
  readonly why: RegExp;
}

const isIoredis = ({ name }: ClientLibrary): boolean => name.startsWith("io");

/** The commands that the client's user may use. The admin is another user. */
const rights = (taken: string) => ({
  options: () => ({ username: "shop", password: "secret" }),
  begin: ({ admin }: World) => admin.call("ACL", "SETUSER", "shop", ...taken.split(" ")),
  end: ({ admin }: World) => admin.call("ACL", "SETUSER", "shop", "+@all"),
});

const setting = (name: string, refusing: string, usual: string) => ({
  begin: ({ admin }: World) => admin.config("SET", name, refusing),
  end: ({ admin }: World) => admin.config("SET", name, usual),
});

/** Starts a server that lacks these commands, as those of services and proxies do. */
const without = (...names: string[]) => ({
  args: names.flatMap((name) => ["--rename-command", name, ""]),
  fromTheBeginning: true as const,
});

const closed = /closed|not connected|writeable|offline|disconnect/i;
const unknown = /unknown command/i;

const troubles: Record<string, Trouble> = {
  "a client that the program has closed": {
    begin: ({ client }) => client.close(),
    why: closed,
  },
  "a client that the program has destroyed": {
    begin: async ({ client }) => client.destroy(),
    why: closed,
  },
  "a client without a queue that isn't connected": {
    options: (library) =>
      isIoredis(library) ? { enableOfflineQueue: false } : { disableOfflineQueue: true },
    fromTheBeginning: true,
    why: closed,
  },
  "a wrong password": {
    prepare: (admin) => admin.call("ACL", "SETUSER", "default", "resetpass", ">right"),
    options: () => ({ username: "shop", password: "wrong" }),
    fromTheBeginning: true,
    isSilent: true,
    why: /WRONGPASS|NOAUTH|did not answer within|closed/i,
  },
  "a server that doesn't speak TLS": {
    options: (library, port) =>
      isIoredis(library)
        ? { tls: { rejectUnauthorized: false } }
        : { socket: { host: "127.0.0.1", port, tls: true, rejectUnauthorized: false } },
    fromTheBeginning: true,
    isSilent: true,
    why: /did not answer within|closed/i,
  },
  "a user that may not read": { ...rights("-get -mget"), invalidates: true, why: /NOPERM/ },
  "a user that may not set": {
    ...rights("-set"),
    serves: true,
    invalidates: true,
    why: /NOPERM|can't run this command|no permissions/,
  },
  "a user that may not run scripts": {
    ...rights("-eval -evalsha"),
    serves: true,
    stores: "where SET has IFEQ",
    why: /NOPERM/,
  },
  "a user that may not delete": {
    ...rights("-del -unlink"),
    serves: true,
    stores: "everywhere",
    why: /NOPERM|can't run this command|no permissions/,
  },
  "a user that may do nothing": { ...rights("-@all"), why: /NOPERM/ },
  "a server without GET": { ...without("GET"), invalidates: true, why: unknown },
  "a server without SET": { ...without("SET"), invalidates: true, why: unknown },
  "a server without scripts": {
    ...without("EVAL", "EVALSHA"),
    stores: "where SET has IFEQ",
    why: unknown,
  },
  "a full server": {
    ...setting("maxmemory", "1", "0"),
    serves: true,
    invalidates: true,
    why: /OOM/,
  },
  "a replica": {
    begin: ({ admin }) => admin.replicaof("127.0.0.1", 1),
    end: ({ admin }) => admin.replicaof("NO", "ONE"),
    serves: true,
    why: /READONLY/,
  },
  "a replica that serves nothing while its master is away": {
    async begin({ admin }) {
      await admin.config("SET", "replica-serve-stale-data", "no");
      await admin.replicaof("127.0.0.1", 1);
    },
    end: ({ admin }) => admin.replicaof("NO", "ONE"),
    why: /MASTERDOWN/,
  },
  "a master without enough replicas": {
    ...setting("min-replicas-to-write", "1", "0"),
    serves: true,
    why: /NOREPLICAS/,
  },
  "a server that can't save": {
    args: ["--enable-protected-configs", "yes"],
    async begin({ admin }) {
      await admin.config("SET", "save", "3600 1");
      await admin.config("SET", "dir", "/proc");
      await admin.bgsave().catch(() => {});
      await until("it has failed to save", async () =>
        (await admin.info("persistence")).includes("rdb_last_bgsave_status:err"),
      );
    },
    end: ({ admin }) => admin.config("SET", "stop-writes-on-bgsave-error", "no"),
    serves: true,
    why: /MISCONF/,
  },
  "a server that a script keeps busy": {
    async begin({ server, admin }) {
      await admin.config("SET", "lua-time-limit", "1");
      server
        .client()
        .eval("while true do end", 0)
        .catch(() => {});
      await until("it is busy", () =>
        admin.get("any").then(
          () => false,
          (error: Error) => error.message.startsWith("BUSY"),
        ),
      );
    },
    end: ({ admin }) => admin.script("KILL"),
    why: /BUSY/,
  },
  "a server that is loading its data": {
    args: ["--enable-debug-command", "yes", "--loading-process-events-interval-bytes", "1024"],
    async begin({ server, admin }) {
      await admin.call("DEBUG", "POPULATE", 500, "filler", 2_000);
      await admin.config("SET", "key-load-delay", "10000");
      server
        .client()
        .call("DEBUG", "RELOAD")
        .catch(() => {});
      await until("it is loading", () =>
        admin.get("any").then(
          () => false,
          (error: Error) => error.message.startsWith("LOADING"),
        ),
      );
    },
    end: ({ admin }) => admin.config("SET", "key-load-delay", "0"),
    why: /LOADING/,
  },
  "a server that takes no further connection": {
    async begin({ admin }) {
      await admin.config("SET", "maxclients", "1");
      await admin.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    },
    end: ({ admin }) => admin.config("SET", "maxclients", "100"),
    isSilent: true,
    why: /max number of clients|did not answer within|closed|ECONNRESET/i,
  },
  "a server that holds writes back": {
    begin: ({ admin }) => admin.client("PAUSE", 60_000, "WRITE"),
    end: ({ admin }) => admin.call("CLIENT", "UNPAUSE"),
    serves: true,
    isSilent: true,
    why: /did not answer within/,
  },
  "a client whose queue is full": {
    only: (library) => !isIoredis(library),
    options: () => ({ commandsQueueMaxLength: 16 }),
    async begin({ server, client }) {
      server.freeze();
      for (let i = 0; i < 20; i++) client.call(["PING"]).catch(() => {});
    },
    end: async ({ server }) => server.thaw(),
    why: /queue is full/,
  },
};

/** If a lease could not be taken, or used, it may also be impossible to give up. */
function numbersOfFaults(stores: Trouble["stores"]): readonly number[] {
  if (stores === "everywhere") return [0];
  return stores ? [0, 1, 2] : [1, 2];
}

/** Creates a stored function on a server of its own, and records what its cache reports. */
async function startService(t: ExecutionContext, library: ClientLibrary, trouble: Trouble) {
  const server = await startRedis({ args: trouble.args ?? [] });
  t.teardown(() => server.stop());
  const admin = server.client();
  await admin.call("ACL", "SETUSER", "shop", "on", ">secret", "~*", "&*", "+@all");
  await trouble.prepare?.(admin);
  const client = await library.connect(server.port, {
    options: trouble.options?.(library, server.port) ?? {},
    connect: false,
  });
  const connecting = (client.client as unknown as { connect(): Promise<unknown> }).connect();
  if (trouble.fromTheBeginning) connecting.catch(() => {});
  else await connecting;
  t.teardown(() => {
    try {
      client.destroy();
    } catch {
      // The client is closed.
    }
  });
  const backend = new RedisBackend(client.client);
  const deadline = trouble.isSilent ? "100ms" : "2s";
  const calls = countCalls(t, { backend, deadline, breakerFailures: 1_000 });
  return { world: { server, admin, client }, ...calls };
}

for (const library of libraries)
  for (const [what, trouble] of Object.entries(troubles))
    if (trouble.only?.(library) ?? true)
      test.serial(`${library.name}: ${what}`, async (t) => {
        t.timeout(30_000);
        const { serves = false, invalidates = false, stores, why, begin, end } = trouble;
        const { world, f, takeFaults, isHit } = await startService(t, library, trouble);
        if (!trouble.fromTheBeginning) {
          await until("it is stored", () => isHit(1));
          t.deepEqual(takeFaults(), []);
        }
        await begin?.(world);
        t.is(await isHit(1), serves);
        for (let id = 10; id < 13; id++) {
          takeFaults();
          t.false(await isHit(id));
          const faults = takeFaults();
          t.true(numbersOfFaults(stores).includes(faults.length), faults.join("\n"));
          for (const fault of faults) t.regex(fault, why);
        }
        if (invalidates) {
          await f.invalidate(1);
          t.false(await isHit(1));
        } else {
          const error = await t.throwsAsync(f.invalidate(1), { instanceOf: BackendError });
          t.regex(error?.message ?? "", why);
        }
        if (!end) return;
        await end(world);
        await until("entries are stored and read again", () => isHit(1));
        await f.invalidate(1);
        t.false(await isHit(1));
      });
