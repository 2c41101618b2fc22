// expect: caller-context@13:6
// A getter of the base reads the context through a class of statics.
import { AsyncLocalStorage } from "node:async_hooks";
declare const db: { get(...v: unknown[]): Promise<string> };
class Context {
  private static readonly storage = new AsyncLocalStorage<Map<string, unknown>>();
  static run<T>(next: () => T): T { return this.storage.run(new Map(), next); }
  static set(name: string, value: unknown): void { this.storage.getStore()?.set(name, value); }
  static get<T>(name: string): T | undefined { return this.storage.getStore()?.get(name) as T | undefined; }
}
abstract class TenantService { protected get tenant(): string { return Context.get<string>("tenant") ?? "none"; } }
export class Accounts extends TenantService {
  // @zcache
  async load(id: number): Promise<string> { return db.get(this.tenant, id); }
}
