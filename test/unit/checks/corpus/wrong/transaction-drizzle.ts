// expect: invalidate-in-transaction@20:11, invalidate-in-transaction@21:16, invalidate-in-transaction@22:16
import { invalidateTag } from "zcache";

declare class PgDatabase<T> {
  transaction<R>(run: (tx: PgTransaction<T>) => Promise<R>): Promise<R>;
}
declare class PgTransaction<T> extends PgDatabase<T> {
  execute(query: string): Promise<T[]>;
}
declare const db: PgDatabase<{ name: string }>;

// @zcache tags: ["user:{id}"]
export async function user(id: number): Promise<string> {
  return (await fetch(`/users/${id}`)).text();
}

export async function rename(id: number): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(`update users set name = 'x' where id = ${id}`);
    await invalidateTag(`user:${id}`);
    await user.invalidate(id);
    await user.refresh(id);
  });
}
