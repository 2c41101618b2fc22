// expect: invalidate-in-transaction@25:18
import { invalidateTag } from "zcache";

declare class TransactionBuilder<T> {
  execute<R>(run: (tx: { db: T }) => Promise<R>): Promise<R>;
}
declare class Kysely<T> {
  transaction(): TransactionBuilder<T>;
}

class Users {
  constructor(private readonly db: Kysely<object>) {}

  // @zcache tags: ["user:{id}"]
  async find(id: number): Promise<string> {
    return (await fetch(`/users/${id}`)).text();
  }

  private async forget(id: number): Promise<void> {
    await invalidateTag(`user:${id}`);
  }

  async rename(id: number): Promise<void> {
    await this.db.transaction().execute(async () => {
      await this.forget(id);
    });
  }
}

export const users = (db: Kysely<object>): Users => new Users(db);
