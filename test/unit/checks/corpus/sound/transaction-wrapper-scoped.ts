import { invalidateTag, transactional } from "zcache";

declare class PgDatabase<T> {
  transaction<R>(run: (tx: T) => Promise<R>): Promise<R>;
}
declare const db: PgDatabase<object>;

// @zcache tags: ["user:{id}"]
export async function user(id: number): Promise<string> {
  return (await fetch(`/users/${id}`)).text();
}

/** It has the scope itself. */
const scoped = <R>(run: (tx: object) => Promise<R>): Promise<R> => transactional(() => db.transaction(run));
const plain = <R>(run: (tx: object) => Promise<R>): Promise<R> => db.transaction(run);
/** What is done behind the transaction is not inside it. */
async function behind(run: () => Promise<void>, done: () => Promise<void>): Promise<void> {
  await plain(async () => run());
  await done();
}

export async function rename(id: number): Promise<void> {
  await scoped(async () => {
    await invalidateTag(`user:${id}`);
  });
  await transactional(() => plain(() => user.invalidate(id)));
  await behind(
    async () => {},
    () => user.invalidate(id),
  );
}
