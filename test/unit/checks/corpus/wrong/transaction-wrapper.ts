// expect: invalidate-in-transaction@26:11, invalidate-in-transaction@32:16, invalidate-in-transaction@38:16, invalidate-in-transaction@52:42, invalidate-in-transaction@62:16, invalidate-in-transaction@63:16
import { invalidateTag } from "zcache";

declare class PgDatabase<T> {
  transaction<R>(run: (tx: PgDatabase<T>) => Promise<R>): Promise<R>;
}
declare const database: PgDatabase<object>;
declare const retry: <R>(run: () => Promise<R>) => Promise<R>;

// @zcache tags: ["user:{id}"]
export async function user(id: number): Promise<string> {
  return (await fetch(`/users/${id}`)).text();
}

function inTransaction<R>(db: PgDatabase<object>, run: (tx: PgDatabase<object>) => Promise<R>): Promise<R> {
  return retry(() => db.transaction(run));
}

class Database {
  atomically = <R>(run: (db: Database) => Promise<R>): Promise<R> => inTransaction(database, async () => run(this));
}
const db = new Database();

export async function rename(id: number): Promise<void> {
  await inTransaction(database, async () => {
    await invalidateTag(`user:${id}`);
  });
}

export async function renameAtomically(id: number): Promise<void> {
  await db.atomically(async () => {
    await user.invalidate(id);
  });
}

async function renameInside(): Promise<void> {
  await database.transaction(async () => {
    await user.refresh(1);
  });
}
export const all = [renameInside];

interface Service {
  transactional<R>(run: () => Promise<R>): Promise<R>;
}
export function create(service: Service): Service {
  service.transactional = async (run) => database.transaction(async () => run());
  return service;
}

export async function renameByService(service: Service): Promise<void> {
  await service.transactional(() => user.invalidate(1));
}

const both = (write: () => Promise<void>, log: () => Promise<void>): Promise<void> =>
  database.transaction(async () => {
    await write();
    await log();
  });
export const renameBoth = (): Promise<void> =>
  both(
    () => user.invalidate(1),
    () => user.invalidate(2),
  );
