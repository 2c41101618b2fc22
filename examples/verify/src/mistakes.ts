import { invalidateTag } from "zcache";
import { database, type Book } from "./database.js";

/**
 * Four mistakes. The compiler can't see the first and the last one. It reports the other two, but
 * that was turned off here.
 */

// @zcache tags: ["book:{id}"]
export async function book(id: number): Promise<Book> {
  return database.find(id);
}

export async function updateTitle(id: number, title: string): Promise<void> {
  database.write({ ...database.find(id), title });
  await invalidateTag(`book:${id}`);
}

/** Mistake 1: it forgets to invalidate. */
export async function updatePrice(id: number, priceCents: number): Promise<void> {
  database.write({ ...database.find(id), priceCents });
}

/** Mistake 2: the currency isn't in the key. */
// @zcache key: "price:{id}", allow: incomplete-key
export async function price(id: number, currency: "EUR" | "USD"): Promise<string> {
  const { priceCents } = database.find(id);
  return currency === "EUR" ? `${priceCents} EUR` : `${Math.round(priceCents * 1.1)} USD`;
}

/** Mistake 3: the result depends on when it was made. */
// @zcache allow: undetermined-result
export async function report(id: number): Promise<{ title: string; at: number }> {
  return { title: database.find(id).title, at: Date.now() };
}

/**
 * Mistake 4: the replica lags behind, so that the old title is stored again right after the
 * invalidation.
 */
// @zcache tags: ["book:{id}"]
export async function titleFromReplica(id: number): Promise<string> {
  return database.findInReplica(id).title;
}
