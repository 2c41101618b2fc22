import { invalidateTag, transactional } from "zcache";

declare class PgDatabase<T> {
  transaction<R>(run: (tx: T) => Promise<R>): Promise<R>;
}
declare const db: PgDatabase<object>;

// @zcache tags: ["user:{id}"]
export async function user(id: number): Promise<string> {
  return (await fetch(`/users/${id}`)).text();
}

export const rename = (id: number): Promise<void> =>
  transactional(() =>
    db.transaction(async () => {
      await invalidateTag(`user:${id}`);
      await user.refresh(id);
    }),
  );

async function inTransaction(id: number): Promise<void> {
  await db.transaction(() => user.invalidate(id));
}

export const renameBelow = (id: number): Promise<void> => transactional(async () => inTransaction(id));
