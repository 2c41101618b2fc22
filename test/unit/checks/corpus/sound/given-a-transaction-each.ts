// Each transaction has a store of its own, and all of them read one database.
interface Db {
  one(...parts: readonly unknown[]): Promise<string>;
}
declare const pool: Db & { transaction<T>(work: (db: Db) => Promise<T>): Promise<T> };

class AccountStore {
  constructor(private readonly db: Db) {}

  // @zcache
  async name(id: number): Promise<string> {
    return this.db.one(id);
  }
}

function createStore(db: Db): AccountStore {
  return new AccountStore(db);
}

export const store = createStore(pool);
export const inTransaction = (id: number): Promise<string> =>
  pool.transaction((db) => createStore(db).name(id));
