// expect: caller-context@7:4
import { AsyncLocalStorage } from "node:async_hooks";

const requests = new AsyncLocalStorage<{ user: string }>();

// One user's orders are shown to another.
// @zcache ttl: 10m
export async function orders(page: number): Promise<string[]> {
  const user = requests.getStore()?.user ?? "nobody";
  return [`${user}'s page ${page}`];
}
