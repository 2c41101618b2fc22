import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { BackendError, ConfigError, transactional, transactionalSync } from "../../runtime";
import { scoped as scopedDrizzle } from "../../runtime/libraries/drizzle";
import { scoped as scopedKnex } from "../../runtime/libraries/knex";
import { scoped as scopedKysely } from "../../runtime/libraries/kysely";
import { scoped as scopedPrisma } from "../../runtime/libraries/prisma";
import { scoped as scopedTypeorm } from "../../runtime/libraries/typeorm";
import { createCache } from "../support/cache";
import { requireOwnPackages } from "../support/own-packages";
import { type PostgresServer, startPostgres } from "../support/postgres";
import {
  type Library,
  nameIn,
  nameQuery,
  rename,
  setUp,
  testLibrary,
  type Transaction,
} from "./library";
import { type Synchronous, testSynchronous } from "./synchronous";

/**
 * Tests the libraries on SQLite, and those that are not among the root's packages: TypeORM, whose
 * peers contradict the root's, and Prisma. Their types are not among the root's either, and so the
 * parts that are used are declared here.
 */

interface Sqlite {
  exec(text: string): unknown;
  prepare(text: string): { all(): unknown[] };
  transaction<R>(fn: () => R): () => R;
  close(): void;
}

interface Raw {
  readonly rows: unknown[];
}

interface Kysely {
  transaction(): { execute<R>(fn: (trx: Kysely) => Promise<R>): Promise<R> };
  destroy(): Promise<void>;
}

interface Knex {
  raw(text: string): Promise<unknown[]>;
  transaction<R>(fn: (trx: Knex) => Promise<R>): Promise<R>;
  destroy(): Promise<void>;
}

interface Drizzle {
  transaction<R>(fn: (tx: Drizzle) => R): R;
  select: unknown;
  run(text: string): unknown;
  all(text: string): unknown[];
}

interface PrismaOperations {
  $executeRawUnsafe(text: string): Promise<number>;
  $queryRawUnsafe(text: string): Promise<unknown[]>;
  $transaction<R>(fn: (tx: Prisma) => Promise<R>): Promise<R>;
  $transaction(operations: readonly Promise<unknown>[]): Promise<unknown[]>;
  readonly users: { update(args: object): Promise<unknown>; findMany(): Promise<unknown[]> };
}

interface Prisma extends PrismaOperations {
  $extends(extension: object): Prisma;
  $connect(): Promise<void>;
  $disconnect(): Promise<void>;
}

interface EntityManager {
  query(text: string): Promise<unknown[]>;
  transaction<R>(fn: (manager: EntityManager) => Promise<R>): Promise<R>;
  transaction<R>(isolation: string, fn: (manager: EntityManager) => Promise<R>): Promise<R>;
}

interface QueryRunner {
  readonly manager: EntityManager;
  query(text: string): Promise<unknown>;
  startTransaction(isolation?: string): Promise<void>;
  commitTransaction(): Promise<void>;
  rollbackTransaction(): Promise<void>;
  release(): Promise<void>;
}

interface DataSource extends EntityManager {
  readonly manager: EntityManager;
  initialize(): Promise<unknown>;
  destroy(): Promise<void>;
  createQueryRunner(): QueryRunner;
}

let require: NodeJS.Require;
let server: PostgresServer;
const folder = mkdtempSync(join(tmpdir(), "zcache-sqlite-"));
const ends: (() => unknown)[] = [() => rmSync(folder, { recursive: true })];
test.before(async () => {
  require = requireOwnPackages();
  server = await startPostgres();
});
test.after.always(async () => {
  for (const end of ends.toReversed()) await end();
  await server?.stop();
});

/** Loads a package whose types are not among the root's, with the parts of it that are used. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- it stands for a declaration
const load = <T>(name: string): T => require(name) as T;

let files = 0;
const newFile = (): string => join(folder, `${++files}.db`);

function createSqlite(): Sqlite {
  const Database = load<new (path: string) => Sqlite>("better-sqlite3");
  const database = new Database(newFile());
  ends.push(() => database.close());
  return database;
}

function kyselyLibrary(): Library {
  const { Kysely, SqliteDialect, sql } = load<{
    Kysely: new (options: object) => Kysely;
    SqliteDialect: new (options: object) => object;
    sql: { raw(text: string): { execute(db: Kysely): Promise<Raw> } };
  }>("kysely");
  const db = scopedKysely(
    new Kysely({ dialect: new SqliteDialect({ database: createSqlite() }) }) as never,
  ) as Kysely;
  return {
    hasOneConnection: true,
    query: async (text) => void (await sql.raw(text).execute(db)),
    readName: async () => nameIn((await sql.raw(nameQuery).execute(db)).rows),
    transaction: (fn) =>
      db.transaction().execute((trx) => fn({ query: (text) => sql.raw(text).execute(trx) })),
  };
}

function knexLibrary(): Library {
  const knex = load<(options: object) => Knex>("knex");
  const db = scopedKnex(
    knex({ client: "better-sqlite3", connection: { filename: newFile() }, useNullAsDefault: true }),
  );
  ends.push(() => db.destroy());
  const within = (trx: Knex): Transaction => ({
    query: async (text) => trx.raw(text),
    nested: (fn) => trx.transaction((inner) => fn(within(inner))),
  });
  return {
    hasOneConnection: true,
    query: async (text) => void (await db.raw(text)),
    readName: async () => nameIn(await db.raw(nameQuery)),
    transaction: (fn) => db.transaction((trx) => fn(within(trx))),
  };
}

function createPrisma(): Prisma {
  const { PrismaClient } = load<{ PrismaClient: new (options: object) => Prisma }>(
    "./prisma-client/client",
  );
  const { PrismaBetterSqlite3 } = load<{ PrismaBetterSqlite3: new (options: object) => object }>(
    "@prisma/adapter-better-sqlite3",
  );
  const prisma = new PrismaClient({
    adapter: new PrismaBetterSqlite3({ url: `file:${newFile()}` }),
  });
  ends.push(() => prisma.$disconnect());
  return prisma;
}

function prismaLibrary(): Library {
  const prisma = scopedPrisma(createPrisma());
  const within = (tx: PrismaOperations): Transaction => ({
    query: (text) => tx.$executeRawUnsafe(text),
    nested: (fn) => tx.$transaction((inner) => fn(within(inner))),
  });
  return {
    hasOneConnection: true,
    query: async (text) => void (await prisma.$executeRawUnsafe(text)),
    readName: async () => nameIn(await prisma.$queryRawUnsafe(nameQuery)),
    transaction: (fn) => prisma.$transaction((tx) => fn(within(tx))),
  };
}

async function createDataSource(options: object): Promise<DataSource> {
  const { DataSource } = load<{ DataSource: new (options: object) => DataSource }>("typeorm");
  const dataSource = scopedTypeorm(new DataSource(options));
  await dataSource.initialize();
  ends.push(() => dataSource.destroy());
  return dataSource;
}

const onSqlite = (): Promise<DataSource> =>
  createDataSource({ type: "better-sqlite3", database: newFile() });
const onPostgres = (): Promise<DataSource> =>
  createDataSource({ type: "postgres", url: server.connectionString });

async function typeormLibrary(
  dataSource: DataSource,
  begin: Library["transaction"],
): Promise<Library> {
  return {
    query: async (text) => void (await dataSource.query(text)),
    readName: async () => nameIn(await dataSource.query(nameQuery)),
    transaction: begin,
  };
}

const withManager = (manager: EntityManager): Transaction => ({
  query: (text) => manager.query(text),
  nested: (fn) => manager.transaction((inner) => fn(withManager(inner))),
});

async function dataSourceLibrary(dataSource: DataSource): Promise<Library> {
  return typeormLibrary(dataSource, (fn) =>
    dataSource.transaction((manager) => fn(withManager(manager))),
  );
}

/** The scope is around a transaction that is begun and ended by hand. */
async function queryRunnerLibrary(dataSource: DataSource): Promise<Library> {
  const byHand = async (
    runner: QueryRunner,
    fn: (tx: Transaction) => Promise<void>,
  ): Promise<void> => {
    await runner.startTransaction();
    try {
      await fn({
        query: (text) => runner.query(text),
        nested: (inner) => transactional(() => byHand(runner, inner)),
      });
      await runner.commitTransaction();
    } catch (error) {
      await runner.rollbackTransaction();
      throw error;
    }
  };
  return typeormLibrary(dataSource, (fn) =>
    transactional(async () => {
      const runner = dataSource.createQueryRunner();
      await byHand(runner, fn).finally(() => runner.release());
    }),
  );
}

testLibrary("kysely on SQLite", kyselyLibrary);
testLibrary("knex on SQLite", knexLibrary);
testLibrary("prisma on SQLite", prismaLibrary);
testLibrary("typeorm on SQLite", async () => ({
  ...(await dataSourceLibrary(await onSqlite())),
  hasOneConnection: true,
}));
testLibrary("typeorm on PostgreSQL", async () => dataSourceLibrary(await onPostgres()));
testLibrary("typeorm's EntityManager on PostgreSQL, with an isolation level", async () => {
  const dataSource = await onPostgres();
  return typeormLibrary(dataSource, (fn) =>
    dataSource.manager.transaction("READ COMMITTED", (manager) => fn(withManager(manager))),
  );
});
testLibrary("typeorm by hand in a scope, on PostgreSQL", async () =>
  queryRunnerLibrary(await onPostgres()),
);

for (const [end, expected] of [
  ["commitTransaction", "new"],
  ["rollbackTransaction", "old"],
  ["release", "old"],
] as const) {
  test.serial(
    `typeorm by hand without a scope: what others stored meanwhile does not stay after ${end}`,
    async (t) => {
      const dataSource = await onPostgres();
      const { cache, user } = await setUp(t, () => dataSourceLibrary(dataSource));
      const runner = dataSource.createQueryRunner();
      await runner.startTransaction();
      await runner.query(rename("new"));
      await runner.startTransaction();
      await cache.invalidateTag("user:1");
      await runner.commitTransaction();
      t.is(await user(1), "old");
      t.is(user.loads.length, 2);
      // Without this its locks would exist until the pool closes the connection.
      if (end === "release") await runner.query("rollback");
      await runner[end]();
      t.is(await user(1), expected);
      t.is(user.loads.length, 3);
      await cache.invalidateTag("user:1");
      await runner.release();
      await user(1);
      t.is(user.loads.length, 4);
    },
  );
}

test.serial(
  "typeorm by hand: an invalidation that fails after the commit says that the transaction has committed",
  async (t) => {
    const dataSource = await onPostgres();
    const { cache } = await setUp(t, () => dataSourceLibrary(dataSource));
    const runner = dataSource.createQueryRunner();
    await runner.startTransaction();
    await cache.invalidateTag("user:1");
    cache.backend.failNext("delete");
    const error = await t.throwsAsync(runner.commitTransaction(), { instanceOf: BackendError });
    t.true(error.committed);
    await runner.release();
  },
);

test.serial(
  "prisma: the operations of an array are a transaction too, whose extensions invalidate",
  async (t) => {
    const plain = createPrisma();
    const extended = plain.$extends({
      query: {
        users: {
          async update({
            args,
            query,
          }: {
            args: object;
            query: (args: object) => Promise<unknown>;
          }) {
            const result = await query(args);
            await cache.invalidateTag("user:1");
            return result;
          },
        },
      },
    });
    scopedPrisma(plain);
    const { cache, library, user } = await setUp(t, () => ({
      query: async (text) => void (await extended.$executeRawUnsafe(text)),
      readName: async () => nameIn(await extended.$queryRawUnsafe(nameQuery)),
      transaction: (fn) =>
        extended.$transaction((tx) => fn({ query: (text) => tx.$executeRawUnsafe(text) })),
    }));
    const update = (id: number, name: string) =>
      extended.users.update({ where: { id }, data: { name } });
    const deletes = () => cache.backend.count("delete");
    await t.throwsAsync(extended.$transaction([update(1, "lost"), update(2, "is not there")]));
    t.is(deletes(), 0);
    t.is(await user(1), "old");
    await extended.$transaction([update(1, "newer"), update(1, "new")]);
    t.is(deletes(), 1);
    t.is(await user(1), "new");
    t.is(await library.readName(), "new");
  },
);

test.serial(
  "a PrismaClient as documented, in which the client of a transaction has no $transaction",
  async (t) => {
    const cache = createCache(t);
    const log: string[] = [];
    const prisma = scopedPrisma({
      $connect: async () => {},
      async $transaction(work: (tx: object) => Promise<void>, options: object) {
        await work({ users: {} });
        log.push(`commit ${JSON.stringify(options)}, ${cache.backend.calls.length} commands`);
      },
    });
    const invalidate = async (): Promise<void> => cache.invalidateTag("user:1");
    await prisma.$transaction(invalidate, { timeout: 5 });
    t.deepEqual(log, ['commit {"timeout":5}, 0 commands']);
    t.is(cache.backend.calls.length, 1);
  },
);

function betterSqlite(): Synchronous {
  const database = createSqlite();
  const transaction: Synchronous["transaction"] = (fn) =>
    transactionalSync(() => database.transaction(() => fn(transaction))());
  return {
    exec: (text) => database.exec(text),
    readName: () => nameIn(database.prepare(nameQuery).all()),
    transaction,
  };
}

function drizzleSqlite(): Synchronous {
  const { drizzle } = load<{ drizzle: (database: Sqlite) => Drizzle }>(
    "drizzle-orm/better-sqlite3",
  );
  const db = scopedDrizzle(drizzle(createSqlite()));
  const within =
    (tx: Drizzle): Synchronous["transaction"] =>
    (fn) =>
      tx.transaction((inner) => fn(within(inner)));
  return {
    exec: (text) => db.run(text),
    readName: () => nameIn(db.all(nameQuery)),
    transaction: within(db),
  };
}

testSynchronous("better-sqlite3", betterSqlite);
testSynchronous("drizzle on better-sqlite3", drizzleSqlite);

test("transactionalSync refuses a function that is not done when it returns", (t) => {
  t.throws(() => transactionalSync(async () => {}), {
    instanceOf: ConfigError,
    message: /transactional\(\(\) => …\)/,
  });
  t.throws(() => transactionalSync(5 as never), { instanceOf: ConfigError });
});

test("wrong clients of Prisma and TypeORM are refused with a message", (t) => {
  const tx = { $transaction: () => {} };
  for (const wrong of [undefined, null, {}, tx, class PrismaClient {}])
    t.throws(() => scopedPrisma(wrong as never), {
      instanceOf: ConfigError,
      message: /^zcache\/prisma takes a PrismaClient/,
    });
  const manager = { transaction() {} };
  for (const wrong of [
    undefined,
    {},
    manager,
    { manager },
    { manager: {}, createQueryRunner() {} },
  ])
    t.throws(() => scopedTypeorm(wrong as never), {
      instanceOf: ConfigError,
      message: /^zcache\/typeorm takes a DataSource/,
    });
});
