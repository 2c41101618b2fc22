declare function query(...parts: unknown[]): Promise<string>;

export namespace Tables {
  export const users = "users";
}
// @zcache
export async function load(id: number): Promise<string> {
  return query(Tables.users, id);
}
