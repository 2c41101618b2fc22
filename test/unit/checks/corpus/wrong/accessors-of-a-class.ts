// expect: incomplete-key@6:4
// A static setter gives a private static field another value.
declare const db: { get(...v: unknown[]): Promise<string> };
class Current { static #tenant = "none"; static get tenant(): string { return Current.#tenant; } static set tenant(value: string) { Current.#tenant = value; } }
export async function handle(tenant: string, id: number): Promise<string> { Current.tenant = tenant; return load(id); }
// @zcache
export async function load(id: number): Promise<string> { return db.get(Current.tenant, id); }
