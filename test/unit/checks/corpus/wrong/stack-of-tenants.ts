// expect: incomplete-key@6:4
// What is on top of the stack belongs to whoever has called within.
declare const db: { get(...v: unknown[]): Promise<string> };
const stack: string[] = [];
export async function within<T>(tenant: string, run: () => Promise<T>): Promise<T> { stack.push(tenant); try { return await run(); } finally { stack.pop(); } }
// @zcache
export async function load(id: number): Promise<string> { return db.get(stack[stack.length - 1], id); }
