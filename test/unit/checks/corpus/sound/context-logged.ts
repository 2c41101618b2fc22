import { AsyncLocalStorage } from "node:async_hooks";

interface Store {
  readonly tenant: string;
  readonly user: { readonly id: number };
  readonly requestId: string;
}
const requestContext = new AsyncLocalStorage<Store>();
declare const db: { get(...values: unknown[]): Promise<string> };

declare const logger: { info(...values: unknown[]): void };
const tenant = (): string => requestContext.getStore()!.tenant;
class Audit {
  write(text: string): void {
    console.log(requestContext.getStore()?.requestId, text);
  }
}
const audit = new Audit();

// @zcache
export async function price(id: number): Promise<string> {
  logger.info("price", tenant(), id);
  return db.get(id);
}

// @zcache
export async function order(id: number): Promise<string> {
  const requestId = requestContext.getStore()?.requestId;
  audit.write("order");
  logger.info({ requestId, id });
  return db.get(id);
}

// @zcache
export async function item(id: number): Promise<string> {
  const found = await db.get(id);
  if (!found) throw new Error(`nothing for ${tenant()}`);
  return found;
}
