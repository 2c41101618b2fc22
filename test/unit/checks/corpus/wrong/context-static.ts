// expect: caller-context@21:4
import { AsyncLocalStorage } from "node:async_hooks";

interface Store {
  readonly tenant: string;
  readonly user: { readonly id: number };
  readonly requestId: string;
}
const requestContext = new AsyncLocalStorage<Store>();
declare const db: { get(...values: unknown[]): Promise<string> };

abstract class RequestContext {
  static get current(): Store {
    return requestContext.getStore()!;
  }
  static tenant(): string {
    return RequestContext.current.tenant;
  }
}

// @zcache ttl: 1m
export async function theme(name: string): Promise<string> {
  return db.get(RequestContext.tenant(), name);
}
