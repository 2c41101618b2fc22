// expect: incomplete-key@12:4
// What is in the container is what the request has put there.
declare const db: { get(...v: unknown[]): Promise<string> };
interface Settings { tenant: string }
class Container {
  private readonly values = new Map<string, unknown>();
  set(name: string, value: unknown): void { this.values.set(name, value); }
  get<T>(name: string): T { return this.values.get(name) as T; }
}
const container = new Container();
export function onRequest(tenant: string): void { container.set("settings", { tenant }); }
// @zcache
export async function load(id: number): Promise<string> { return db.get(container.get<Settings>("settings").tenant, id); }
