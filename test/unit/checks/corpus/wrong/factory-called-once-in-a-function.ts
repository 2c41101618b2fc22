// expect: incomplete-key@6:6, incomplete-key@15:6
// The one call is in a function, which may run again, or in a loop.
declare const db: { list(table: string): Promise<string[]> };

function createReader(table: string) {
  // @zcache
  const page = async (number: number): Promise<string[]> => (await db.list(table)).slice(number);
  return { page };
}
export function readerFor(tenant: string): { page(number: number): Promise<string[]> } {
  return createReader(`${tenant}:users`);
}

function createCounter(table: string) {
  // @zcache
  const count = async (): Promise<number> => (await db.list(table)).length;
  return { count };
}
const counters: { count(): Promise<number> }[] = [];
for (const table of ["users", "orders"]) counters.push(createCounter(table));
export { counters };
