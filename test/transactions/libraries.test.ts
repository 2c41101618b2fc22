import { PGlite } from "@electric-sql/pglite";
import test, { type ExecutionContext } from "ava";
import { sql as drizzleSql } from "drizzle-orm";
import { drizzle as drizzleNode } from "drizzle-orm/node-postgres";
import { drizzle as drizzleLite } from "drizzle-orm/pglite";
import knex, { type Knex } from "knex";
import { Kysely, PostgresDialect, sql } from "kysely";
import { Pool } from "pg";
import { ConfigError } from "../../runtime";
import { scoped as scopedDrizzle } from "../../runtime/libraries/drizzle";
import { scoped as scopedKnex } from "../../runtime/libraries/knex";
import { scoped as scopedKysely } from "../../runtime/libraries/kysely";
import { type ClientLike, transaction } from "../../runtime/libraries/pg";
import { createCache } from "../support/cache";
import { type PostgresServer, startPostgres } from "../support/postgres";
import { template } from "../support/templates";

/** What a library has to do for the tests, with its own means and a client that is set up for zcache. */
interface Library {
  /** Outside of every transaction. */
  query(text: string): Promise<void>;
  readName(): Promise<string>;
  transaction(fn: (tx: Transaction) => Promise<void>): Promise<unknown>;
}

interface Transaction {
  query(text: string): Promise<unknown>;
  /** A savepoint; left out where the library has none in this form. */
  nested?(fn: (tx: Transaction) => Promise<void>): Promise<unknown>;
}

const row = "create table users (id int primary key, name text); insert into users values (1, 'old')";
const nameQuery = "select name from users where id = 1";
const rename = (name: string): string => `update users set name = '${name}' where id = 1`;
const nameIn = (rows: readonly unknown[]): string => (rows[0] as { name: string }).name;

let server: PostgresServer;
/** A PostgreSQL without a server. It takes seconds to start. */
const lite = new PGlite();
const ends: (() => Promise<unknown>)[] = [];
test.before(async () => void (server = await startPostgres()));
test.after.always(async () => {
  for (const end of ends) await end();
  await lite.close();
  await server?.stop();
});

/** A pool as `pg` has it, in front of a PGlite, which has one connection. */
function poolOf(database: PGlite) {
  const query = async (text: string, values?: unknown[]) => {
    const { rows, affectedRows } = await database.query(text, values);
    return { rows, rowCount: affectedRows ?? 0, command: text.trim().split(/\s/, 1)[0]?.toUpperCase() };
  };
  return { connect: async () => ({ query, release() {} }), end: async () => {} };
}

function kyselyLibrary(pool: unknown): Library {
  const db = scopedKysely(new Kysely<object>({ dialect: new PostgresDialect({ pool: pool as Pool }) }));
  ends.push(() => db.destroy());
  return {
    query: async (text) => void (await sql.raw(text).execute(db)),
    readName: async () => nameIn((await sql.raw(nameQuery).execute(db)).rows),
    transaction: (fn) =>
      db
        .withSchema("public")
        .transaction()
        .setIsolationLevel("read committed")
        .execute((trx) => fn({ query: (text) => sql.raw(text).execute(trx) })),
  };
}

interface DrizzleDatabase {
  execute(query: ReturnType<typeof drizzleSql.raw>): Promise<{ rows: unknown[] }>;
  transaction(fn: (tx: DrizzleDatabase) => Promise<void>): Promise<void>;
}

function drizzleLibrary(made: unknown): Library {
  const db = scopedDrizzle(made as DrizzleDatabase);
  const within = (tx: DrizzleDatabase): Transaction => ({
    query: (text) => tx.execute(drizzleSql.raw(text)),
    nested: (fn) => tx.transaction((inner) => fn(within(inner))),
  });
  return {
    query: async (text) => void (await db.execute(drizzleSql.raw(text))),
    readName: async () => nameIn((await db.execute(drizzleSql.raw(nameQuery))).rows),
    transaction: (fn) => db.transaction((tx) => fn(within(tx))),
  };
}

function knexLibrary(): Library {
  const db = scopedKnex(knex({ client: "pg", connection: server.connectionString }));
  ends.push(() => db.destroy());
  const within = (trx: Knex.Transaction): Transaction => ({
    query: async (text) => trx.raw(text),
    nested: (fn) => trx.transaction((inner) => fn(within(inner))),
  });
  return {
    query: async (text) => void (await db.raw(text)),
    readName: async () => nameIn(((await db.raw(nameQuery)) as { rows: unknown[] }).rows),
    transaction: (fn) => db.transaction((trx) => fn(within(trx))),
  };
}

function pgLibrary(from: Pool | PGlite): Library {
  const within = (client: ClientLike): Transaction => ({
    query: (text) => client.query(text),
    nested: (fn) => transaction(client, (inner) => fn(within(inner))),
  });
  const query = (text: string): Promise<{ rows: unknown[] }> =>
    from instanceof PGlite ? from.query(text) : from.query(text);
  return {
    query: async (text) => void (from instanceof PGlite ? await from.exec(text) : await query(text)),
    readName: async () => nameIn((await query(nameQuery)).rows),
    transaction: (fn) => transaction(from as ClientLike, (client) => fn(within(client))),
  };
}

const createPool = (): Pool => {
  const pool = new Pool({ connectionString: server.connectionString });
  ends.push(() => pool.end());
  return pool;
};

const libraries: [name: string, create: () => Library][] = [
  ["kysely on PGlite", () => kyselyLibrary(poolOf(lite))],
  ["kysely on PostgreSQL", () => kyselyLibrary(new Pool({ connectionString: server.connectionString }))],
  ["drizzle on PGlite", () => drizzleLibrary(drizzleLite(lite))],
  ["drizzle on PostgreSQL", () => drizzleLibrary(drizzleNode(createPool()))],
  ["knex on PostgreSQL", knexLibrary],
  ["pg by hand on PGlite", () => pgLibrary(lite)],
  ["pg by hand on PostgreSQL", () => pgLibrary(createPool())],
];

const tags = [template(["user:", ""], (id: unknown) => [id])];

async function setUp(t: ExecutionContext, create: () => Library) {
  const cache = createCache(t);
  const library = create();
  for (const statement of ["drop table if exists users", ...row.split("; ")]) await library.query(statement);
  const user = cache.count({ tags }, async (_id: number) => library.readName());
  t.is(await user(1), "old");
  return { cache, library, user };
}

const isPGlite = (name: string): boolean => name.includes("PGlite");

for (const [name, create] of libraries) {
  test.serial(`${name}: an invalidation waits for the commit`, async (t) => {
    const { cache, library, user } = await setUp(t, create);
    await library.transaction(async (tx) => {
      await tx.query(rename("new"));
      await cache.invalidateTag("user:1");
      t.is(cache.backend.calls.filter(({ operation }) => operation === "delete").length, 0);
    });
    t.is(await user(1), "new");
    t.is(cache.backend.calls.filter(({ operation }) => operation === "delete").length, 1);
  });

  test.serial(`${name}: what others read between the invalidation and the commit does not stay`, async (t) => {
    const { library, user } = await setUp(t, create);
    let outside: Promise<string> | undefined;
    // Another caller, in an async context of its own, and with a connection of its own.
    const readOutside = (await import("node:async_hooks")).AsyncResource.bind(() => user(1));
    await library.transaction(async (tx) => {
      await tx.query(rename("new"));
      await (user as unknown as { invalidate(id: number): Promise<void> }).invalidate(1);
      outside = readOutside();
      if (!isPGlite(name)) t.is(await outside, "old");
    });
    await outside;
    t.is(await user(1), "new");
  });

  test.serial(`${name}: a transaction that is rolled back invalidates nothing`, async (t) => {
    const { cache, library, user } = await setUp(t, create);
    const error = await t.throwsAsync(
      library.transaction(async (tx) => {
        await tx.query(rename("new"));
        await cache.invalidateTag("user:1");
        throw new Error("rolled back");
      }),
    );
    t.is(error.message, "rolled back");
    t.is(await user(1), "old");
    t.is(user.loads.length, 1);
  });

  test.serial(
    `${name}: a savepoint that is rolled back invalidates nothing, the rest of its transaction does`,
    async (t) => {
      const { cache, library, user } = await setUp(t, create);
      await library.transaction(async (tx) => {
        if (!tx.nested) return;
        const failing = tx.nested(async () => {
          await cache.invalidateTag("user:1");
          throw new Error("rolled back");
        });
        await t.throwsAsync(failing, { message: "rolled back" });
      });
      await user(1);
      t.is(user.loads.length, 1);
      await library.transaction(async (tx) => {
        const write = async (inner: Transaction): Promise<void> => {
          await inner.query(rename("new"));
          await cache.invalidateTag("user:1");
        };
        await (tx.nested ? tx.nested(write) : write(tx));
      });
      t.is(await user(1), "new");
    },
  );
}

test.serial(
  "an error of the COMMIT itself has the invalidations carried out, because it may have been carried out",
  async (t) => {
    const { cache, library, user } = await setUp(t, () => pgLibrary(createPool()));
    await library.query("alter table users add constraint once unique (name) deferrable initially deferred");
    await t.throwsAsync(
      library.transaction(async (tx) => {
        await tx.query("insert into users values (2, 'old')");
        await cache.invalidateTag("user:1");
      }),
      { message: /duplicate key/ },
    );
    await user(1);
    t.is(user.loads.length, 2);
  },
);

test("wrong clients are told so", async (t) => {
  for (const wrong of [undefined, {}, { transaction: () => ({}) }, new Pool()]) {
    for (const scoped of [scopedKysely, scopedDrizzle, scopedKnex] as ((client: unknown) => unknown)[])
      t.throws(() => scoped(wrong), { instanceOf: ConfigError, message: /^zcache\/\w+ takes / });
  }
  await t.throwsAsync(() => transaction({} as never, async () => {}), {
    instanceOf: ConfigError,
    message: /takes a Pool or a Client of pg/,
  });
  t.throws(() => scopedDrizzle({ transaction() {}, select() {}, resultKind: "sync" } as never), {
    message: /synchronous/,
  });
});
