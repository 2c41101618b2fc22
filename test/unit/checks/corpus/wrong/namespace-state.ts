// expect: incomplete-key@10:4
declare function query(...parts: unknown[]): Promise<string>;

export namespace State {
  export let tenant = "";
  export function enter(next: string): void {
    tenant = next;
  }
}
// @zcache
export async function load(id: number): Promise<string> {
  return query(State.tenant, id);
}
