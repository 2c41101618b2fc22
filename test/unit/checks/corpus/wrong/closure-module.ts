// expect: incomplete-key@16:4
declare function query(...parts: unknown[]): Promise<string>;

const session = (() => {
  let tenant = "";
  return {
    set(next: string): void {
      tenant = next;
    },
    get(): string {
      return tenant;
    },
  };
})();
export const enter = (tenant: string): void => session.set(tenant);
// @zcache
export async function load(id: number): Promise<string> {
  return query(session.get(), id);
}
