// expect: invalidate-in-transaction@9:75
import { forget } from "./users";

declare class PgDatabase<T> {
  transaction<R>(run: (tx: T) => Promise<R>): Promise<R>;
}
declare const db: PgDatabase<object>;

export const rename = (id: number): Promise<void> => db.transaction(() => forget(id));
