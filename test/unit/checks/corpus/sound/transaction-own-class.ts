import { invalidateTag } from "zcache";

/** A class of the program's own that is called as one of TypeORM's is, and has nothing to do with a database. */
class DataSource {
  async transaction<R>(run: () => Promise<R>): Promise<R> {
    return run();
  }
}

interface Ledger {
  transaction<R>(run: () => Promise<R>): Promise<R>;
}
declare const ledger: Ledger;

// @zcache tags: ["user:{id}"]
export async function user(id: number): Promise<string> {
  return (await fetch(`/users/${id}`)).text();
}

export async function rename(id: number): Promise<void> {
  await new DataSource().transaction(() => invalidateTag(`user:${id}`));
  await ledger.transaction(() => user.invalidate(id));
}
