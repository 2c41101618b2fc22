// expect: caller-context@19:4
import { AsyncLocalStorage } from "node:async_hooks";

declare const db: { one(...parts: readonly unknown[]): Promise<string> };
const requests = new AsyncLocalStorage<{ readonly tenant: string }>();

class Query {
  private readonly tenant: string;

  constructor(private readonly id: number) {
    this.tenant = requests.getStore()!.tenant;
  }

  run(): Promise<string> {
    return db.one(this.tenant, this.id);
  }
}

// @zcache
export async function account(id: number): Promise<string> {
  return new Query(id).run();
}
