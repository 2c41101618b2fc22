// expect: incomplete-key@8:4
declare function query(...parts: unknown[]): Promise<string>;

let me: (() => string) | null = () => "a";
export function login(user: string): void {
  me = () => user;
}
// @zcache
export const load = async function load(id: number): Promise<string> {
  return query(me!(), id);
};
