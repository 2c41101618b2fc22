// expect: incomplete-key@7:4
declare function query(...parts: unknown[]): Promise<string>;

export function enter(region: string): void {
  Object.assign(process.env, { REGION: region });
}
// @zcache
export async function load(id: number): Promise<string> {
  return query(process.env.REGION, id);
}
