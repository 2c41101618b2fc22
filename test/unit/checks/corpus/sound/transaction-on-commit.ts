import { invalidateTag } from "zcache";

interface Transaction {
  onCommit(run: () => unknown): void;
  once(event: "commit", run: () => unknown): void;
}
declare class PgDatabase<T> {
  transaction<R>(run: (tx: T) => Promise<R>): Promise<R>;
}
declare const db: PgDatabase<Transaction>;
declare function runAfterCommit(run: () => unknown): void;

// @zcache tags: ["user:{id}"]
export async function user(id: number): Promise<string> {
  return (await fetch(`/users/${id}`)).text();
}

function forgetLater(tx: Transaction, id: number): void {
  tx.onCommit(() => invalidateTag(`user:${id}`));
}

export async function rename(id: number): Promise<void> {
  await db.transaction(async (tx) => {
    tx.onCommit(() => invalidateTag(`user:${id}`));
    tx.once("commit", async () => user.invalidate(id));
    runAfterCommit(() => user.invalidate(id));
    forgetLater(tx, id);
  });
}
