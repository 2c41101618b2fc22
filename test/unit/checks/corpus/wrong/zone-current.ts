// expect: caller-context@5:4
declare function query(...parts: unknown[]): Promise<string>;

declare const Zone: { current: { get(name: string): string } };
// @zcache
export async function load(id: number): Promise<string> {
  return query(Zone.current.get("tenant"), id);
}
