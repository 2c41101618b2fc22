import test, { type ExecutionContext } from "ava";
import { BackendError } from "../../runtime";
import { rename, setUp } from "./library";

/** The operations that a driver with synchronous transactions provides for the tests. */
export interface Synchronous {
  exec(text: string): unknown;
  readName(): string;
  transaction<R>(fn: (nested: Synchronous["transaction"]) => R): R;
}

async function setUpSync(t: ExecutionContext, create: () => Synchronous) {
  const db = create();
  const { cache, user } = await setUp(t, () => ({
    query: async (text) => void db.exec(text),
    readName: async () => db.readName(),
    transaction: async () => {},
  }));
  const deletes = () => cache.backend.count("delete");
  return { cache, db, user, deletes };
}

/** Declares the tests that every driver with synchronous transactions has to pass. */
export function testSynchronous(name: string, create: () => Synchronous): void {
  test.serial(
    `${name}: what is invalidated is carried out when the synchronous transaction has committed`,
    async (t) => {
      const { cache, db, user, deletes } = await setUpSync(t, create);
      let saved: Promise<void> | undefined;
      const result = db.transaction(() => {
        db.exec(rename("new"));
        saved = cache.invalidateTag("user:1");
        t.is(deletes(), 0);
        return 5;
      });
      t.is(result, 5);
      t.is(deletes(), 1);
      await saved;
      t.is(await user(1), "new");
    },
  );

  test.serial(
    `${name}: a synchronous transaction that is rolled back invalidates nothing, nor does a savepoint`,
    async (t) => {
      const { cache, db, user, deletes } = await setUpSync(t, create);
      const saved: Promise<void>[] = [];
      const fail = (): never => {
        db.exec(rename("lost"));
        saved.push(cache.invalidateTag("user:1"));
        throw new Error("rolled back");
      };
      t.throws(() => db.transaction(fail), { message: "rolled back" });
      db.transaction((nested) => t.throws(() => nested(fail), { message: "rolled back" }));
      await Promise.all(saved);
      t.is(deletes(), 0);
      t.is(await user(1), "old");
      db.transaction((nested) =>
        nested(() => {
          db.exec(rename("new"));
          saved.push(cache.invalidateTag("user:1"));
        }),
      );
      await Promise.all(saved);
      t.is(await user(1), "new");
    },
  );

  test.serial(
    `${name}: the caller that invalidates is told of a failure, which does not undo the transaction`,
    async (t) => {
      const { cache, db } = await setUpSync(t, create);
      cache.backend.failNext("delete");
      let saved: Promise<void> | undefined;
      db.transaction(() => {
        db.exec(rename("new"));
        saved = cache.invalidateTag("user:1");
      });
      const error = await t.throwsAsync(saved as Promise<void>, { instanceOf: BackendError });
      t.true(error.committed);
      t.is(db.readName(), "new");
    },
  );
}
