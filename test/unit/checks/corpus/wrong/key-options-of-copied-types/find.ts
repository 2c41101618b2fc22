// expect: unkeyable-value@13:4, hint unkeyable-value@8:4
import { type FindOptions, type Session } from "./driver";

declare const db: { find(id: number, options?: FindOptions): Promise<string> };
declare const transactions: { find(id: number, session: Session): Promise<string> };

// What the library's type merely allows, the program may never pass.
// @zcache ttl: 1m
export async function find(id: number, options?: FindOptions): Promise<string> {
  return db.find(id, options);
}

// @zcache ttl: 1m
export async function findInside(id: number, session: Session): Promise<string> {
  return transactions.find(id, session);
}
