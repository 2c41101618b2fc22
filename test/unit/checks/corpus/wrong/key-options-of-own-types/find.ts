// expect: unkeyable-value@7:4
// The program has a use for each of the options that its own types have.
import { type FindOptions } from "./types";

declare const db: { find(id: number, options?: FindOptions): Promise<string> };

// @zcache ttl: 1m
export async function find(id: number, options?: FindOptions): Promise<string> {
  return db.find(id, options);
}
