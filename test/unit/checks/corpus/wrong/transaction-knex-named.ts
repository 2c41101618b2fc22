// expect: invalidate-in-transaction@19:9
import { invalidateTag } from "zcache";

interface Transaction {
  raw(sql: string): Promise<void>;
}
interface Knex {
  transaction<R>(run: (trx: Transaction) => Promise<R>): Promise<R>;
}
declare const knex: Knex;

// @zcache tags: ["user:{id}"]
export async function user(id: number): Promise<string> {
  return (await fetch(`/users/${id}`)).text();
}

const rename = async (trx: Transaction): Promise<void> => {
  await trx.raw("update users set name = 'x' where id = 5");
  await invalidateTag(`user:${5}`);
};

export const run = (): Promise<void> => knex.transaction(rename);
