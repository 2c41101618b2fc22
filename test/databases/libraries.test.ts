import { PGlite } from "@electric-sql/pglite";
import test from "ava";
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
import { type PostgresServer, startPostgres } from "../support/postgres";
import { type Library, nameIn, nameQuery, setUp, testLibrary, type Transaction } from "./library";

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

/** A pool like that of `pg`, in front of a PGlite, which has one connection. */
function poolOf(database: PGlite) {
  const query = async (text: string, values?: unknown[]) => {
    const { rows, affectedRows } = await database.query(text, values);
    return {
      rows,
      rowCount: affectedRows ?? 0,
      command: text.trim().split(/\s/, 1)[0]?.toUpperCase(),
    };
  };
  return { connect: async () => ({ query, release() {} }), end: async () => {} };
}

function kyselyLibrary(pool: unknown): Library {
  const db = scopedKysely(
    new Kysely<object>({ dialect: new PostgresDialect({ pool: pool as Pool }) }),
  );
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
    query: async (text) =>
      void (from instanceof PGlite ? await from.exec(text) : await query(text)),
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
  ["kysely on PGlite", () => ({ ...kyselyLibrary(poolOf(lite)), hasOneConnection: true })],
  [
    "kysely on PostgreSQL",
    () => kyselyLibrary(new Pool({ connectionString: server.connectionString })),
  ],
  ["drizzle on PGlite", () => ({ ...drizzleLibrary(drizzleLite(lite)), hasOneConnection: true })],
  ["drizzle on PostgreSQL", () => drizzleLibrary(drizzleNode(createPool()))],
  ["knex on PostgreSQL", knexLibrary],
  ["pg by hand on PGlite", () => ({ ...pgLibrary(lite), hasOneConnection: true })],
  ["pg by hand on PostgreSQL", () => pgLibrary(createPool())],
];

for (const [name, create] of libraries) testLibrary(name, create);

test.serial(
  "an error of the COMMIT itself has the invalidations carried out, because it may have been carried out",
  async (t) => {
    const { cache, library, user } = await setUp(t, () => pgLibrary(createPool()));
    await library.query(
      "alter table users add constraint once unique (name) deferrable initially deferred",
    );
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

test("wrong clients are refused with a message", async (t) => {
  for (const wrong of [undefined, {}, { transaction: () => ({}) }, new Pool()]) {
    for (const scoped of [scopedKysely, scopedDrizzle, scopedKnex] as ((
      client: unknown,
    ) => unknown)[])
      t.throws(() => scoped(wrong), { instanceOf: ConfigError, message: /^zcache\/\w+ takes / });
  }
  await t.throwsAsync(() => transaction({} as never, async () => {}), {
    instanceOf: ConfigError,
    message: /takes a Pool or a Client of pg/,
  });
});

test.serial(
  "each adapter refuses the clients of other libraries, and the client of a transaction",
  async (t) => {
    const connection = { dialect: new PostgresDialect({ pool: poolOf(lite) as unknown as Pool }) };
    const clients: Record<string, object> = {
      drizzle: drizzleLite(lite),
      kysely: new Kysely<object>(connection),
      knex: knex({ client: "pg", connection: server.connectionString }),
      pool: createPool(),
      pglite: lite,
    };
    ends.push(() => (clients["knex"] as Knex).destroy());
    await (clients["drizzle"] as DrizzleDatabase).transaction(
      async (tx) => void (clients["drizzle tx"] = tx),
    );
    await (clients["kysely"] as Kysely<object>)
      .transaction()
      .execute(async (trx) => void (clients["kysely trx"] = trx));
    await (clients["knex"] as Knex).transaction(async (trx) => void (clients["knex trx"] = trx));
    const adapters = { drizzle: scopedDrizzle, kysely: scopedKysely, knex: scopedKnex };
    for (const [own, scoped] of Object.entries(adapters) as [
      string,
      (client: unknown) => unknown,
    ][])
      for (const [name, client] of Object.entries(clients)) {
        if (name === own) t.notThrows(() => scoped(client), name);
        else
          t.throws(
            () => scoped(client),
            { instanceOf: ConfigError, message: /^zcache\/\w+ takes / },
            `${name} to ${own}`,
          );
      }
    for (const name of ["drizzle", "kysely", "knex"])
      await t.throwsAsync(
        () => transaction(clients[name] as never, async () => {}),
        { instanceOf: ConfigError },
        name,
      );
  },
);

test.serial(
  "pg by hand: two transactions at once on one client are refused, and not made one",
  async (t) => {
    const pool = createPool();
    const client = await pool.connect();
    t.teardown(() => client.release());
    let end = (): void => {};
    const gate = new Promise<void>((resolve) => (end = resolve));
    const first = transaction(client, async () => gate);
    await t.throwsAsync(() => transaction(client, async () => {}), {
      instanceOf: ConfigError,
      message: /is in a transaction that another caller has begun.*the pool/,
    });
    end();
    await first;
    await transaction(client, async (same) => transaction(same, async () => {}));
    await t.throwsAsync(() => transaction(client, async () => {}, "BEGIN NONSENSE"), {
      message: /syntax error/,
    });
    t.is(await transaction(client, async () => 5), 5);
  },
);
