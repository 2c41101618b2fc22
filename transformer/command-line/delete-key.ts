import { deleteUnheld } from "../../runtime/backends/redis/redis-scripts";
import { idLength } from "../../runtime/entry/entry";
import { type Client } from "./open-redis";

/**
 * The state of a key after the command. "held" means that a transaction writes the key, and deletes
 * it when it has ended.
 */
export type Deleted = "deleted" | "nothing" | "held";

/**
 * Deletes as an invalidation by a program does: a lease is deleted with its entry, and a hold
 * stays.
 */
export async function deleteKey(client: Client, key: string): Promise<Deleted> {
  if ((await client.exists(key)) === 0) return "nothing";
  await client.eval(deleteUnheld.lua, 1, key, "\0".repeat(idLength));
  return (await client.exists(key)) === 0 ? "deleted" : "held";
}

export const heldMessage = "a transaction is writing this, and invalidates it when it has ended";
