import { spawnSync } from "node:child_process";
import { join } from "node:path";
import test from "ava";
import { Kysely, SqliteDialect, sql } from "kysely";
import { transactionalSync } from "../../runtime";
import { scoped } from "../../runtime/libraries/kysely";
import { installPackages } from "../support/own-packages";
import { type Library, nameIn, nameQuery, testLibrary } from "./library";
import { type Synchronous, testSynchronous } from "./synchronous";

/**
 * Tests `node:sqlite`, which is part of Node from 22.5 on. An older Node runs this file in a newer
 * one that is installed beside it.
 */

interface Statement {
  all(...parameters: unknown[]): unknown[];
  run(...parameters: unknown[]): { changes: number; lastInsertRowid: number };
  iterate(...parameters: unknown[]): IterableIterator<unknown>;
  columns(): unknown[];
}

interface Database {
  exec(text: string): void;
  prepare(text: string): Statement;
  close(): void;
}

interface NodeSqlite {
  readonly DatabaseSync: new (path: string) => Database;
}

const sqlite = process.getBuiltinModule("node:sqlite") as unknown as NodeSqlite | undefined;

if (sqlite) {
  testSynchronous("node:sqlite", () => synchronous(new sqlite.DatabaseSync(":memory:")));
  testLibrary("kysely on node:sqlite", () => kyselyLibrary(new sqlite.DatabaseSync(":memory:")));
} else {
  test("node:sqlite, by a newer Node", (t) => {
    const node = join(installPackages("databases/newer-node"), "node_modules/.bin/node");
    const ava = join(__dirname, "../../node_modules/ava/entrypoints/cli.mjs");
    const { status, stdout, stderr } = spawnSync(
      node,
      [ava, "test/databases/node-sqlite.test.ts"],
      {
        cwd: join(__dirname, "../.."),
        encoding: "utf8",
      },
    );
    t.is(status, 0, stdout + stderr);
    t.regex(
      stdout,
      /✔ node:sqlite: what is invalidated is carried out when the synchronous transaction has committed/,
    );
    t.regex(stdout, /✔ kysely on node:sqlite: an invalidation waits for the commit/);
  });
}

/** The driver has no `transaction` of its own, and so a program sends the statements. */
function synchronous(database: Database): Synchronous {
  let depth = 0;
  const within = <R>(begin: string, commit: string, rollback: string, fn: () => R): R => {
    database.exec(begin);
    depth++;
    try {
      const result = fn();
      database.exec(commit);
      return result;
    } catch (error) {
      database.exec(rollback);
      throw error;
    } finally {
      depth--;
    }
  };
  const transaction: Synchronous["transaction"] = (fn) =>
    transactionalSync(() =>
      depth === 0
        ? within("begin", "commit", "rollback", () => fn(transaction))
        : within("savepoint inner", "release inner", "rollback to inner", () => fn(transaction)),
    );
  return {
    exec: (text) => database.exec(text),
    readName: () => nameIn(database.prepare(nameQuery).all()),
    transaction,
  };
}

function kyselyLibrary(database: Database): Library {
  const prepare = (text: string) => {
    const statement = database.prepare(text);
    return {
      reader: statement.columns().length > 0,
      all: (parameters: readonly unknown[]) => statement.all(...parameters),
      run: (parameters: readonly unknown[]) => statement.run(...parameters),
      iterate: (parameters: readonly unknown[]) => statement.iterate(...parameters),
    };
  };
  const dialect = new SqliteDialect({ database: { prepare, close: () => database.close() } });
  const db = scoped(new Kysely<object>({ dialect }));
  return {
    hasOneConnection: true,
    query: async (text) => void (await sql.raw(text).execute(db)),
    readName: async () => nameIn((await sql.raw(nameQuery).execute(db)).rows),
    transaction: (fn) =>
      db.transaction().execute((trx) => fn({ query: (text) => sql.raw(text).execute(trx) })),
  };
}
