import { AsyncResource } from "node:async_hooks";
import test, { type ExecutionContext } from "ava";
import { createCache } from "../support/cache";
import { template } from "../support/templates";

/**
 * The operations that a library provides for the tests, with its own means and a client that is set
 * up for zcache.
 */
export interface Library {
  /** Runs outside every transaction. */
  query(text: string): Promise<void>;
  readName(): Promise<string>;
  transaction(fn: (tx: Transaction) => Promise<void>): Promise<unknown>;
  /**
   * Whether readers outside of the transaction wait for its end, because there is one connection.
   */
  readonly hasOneConnection?: boolean;
}

export interface Transaction {
  query(text: string): Promise<unknown>;
  /** Runs the work behind a savepoint. It is left out if the library has none in this form. */
  nested?(fn: (tx: Transaction) => Promise<void>): Promise<unknown>;
}

const row =
  "create table users (id int primary key, name text); insert into users values (1, 'old')";
export const nameQuery = "select name from users where id = 1";
export const rename = (name: string): string => `update users set name = '${name}' where id = 1`;
export const nameIn = (rows: readonly unknown[]): string => (rows[0] as { name: string }).name;

const tags = [template(["user:", ""], (id: unknown) => [id])];

export async function setUp(t: ExecutionContext, create: () => Library | Promise<Library>) {
  const cache = createCache(t);
  const library = await create();
  for (const statement of ["drop table if exists users", ...row.split("; ")])
    await library.query(statement);
  const user = cache.count({ tags }, async (_id: number) => library.readName());
  t.is(await user(1), "old");
  return { cache, library, user };
}

/** Declares the tests that every library has to pass. */
export function testLibrary(name: string, create: () => Library | Promise<Library>): void {
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

  test.serial(
    `${name}: what others read between the invalidation and the commit does not stay`,
    async (t) => {
      const { library, user } = await setUp(t, create);
      let outside: Promise<string> | undefined;
      // This is another caller, with an async context and a connection of its own.
      const readOutside = AsyncResource.bind(() => user(1));
      await library.transaction(async (tx) => {
        await tx.query(rename("new"));
        await (user as unknown as { invalidate(id: number): Promise<void> }).invalidate(1);
        outside = readOutside();
        if (!library.hasOneConnection) t.is(await outside, "old");
      });
      await outside;
      t.is(await user(1), "new");
    },
  );

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
