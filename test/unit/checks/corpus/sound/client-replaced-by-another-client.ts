interface Client {
  get(path: string): Promise<string>;
}
declare function connect(): Client;
let current = connect();
export function reconnect(): void {
  current = connect();
}
// @zcache
export async function user(id: number): Promise<string> {
  return current.get(`/users/${id}`);
}
