// expect: caller-context@24:4, caller-context@29:4, caller-context@35:4
import { AsyncLocalStorage } from "node:async_hooks";

interface Store {
  readonly tenant: string;
  readonly user: { readonly id: number };
  readonly requestId: string;
}
const requestContext = new AsyncLocalStorage<Store>();
declare const db: { get(...values: unknown[]): Promise<string> };

function store(): Store {
  const found = requestContext.getStore();
  if (!found) throw new Error("outside of a request");
  return found;
}
const tenant = (): string => store().tenant;
const currentUser = () => requestContext.getStore()?.user;
const connections: Record<string, typeof db> = {};
function getConnection(): typeof db {
  return connections[tenant()]!;
}

// @zcache
export async function price(id: number): Promise<string> {
  return db.get(tenant(), id);
}

// @zcache
export async function feed(page: number): Promise<string> {
  const user = currentUser();
  return db.get(user?.id, page);
}

// @zcache
export async function order(id: number): Promise<string> {
  return getConnection().get(id);
}
