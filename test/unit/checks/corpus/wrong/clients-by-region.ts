// expect: incomplete-key@15:4
declare function query(...parts: unknown[]): Promise<string>;

class Client {
  constructor(readonly options: { baseURL: string }) {}
  get(path: string): Promise<string> {
    return query(path);
  }
}
const clients = { eu: new Client({ baseURL: "eu" }), us: new Client({ baseURL: "us" }) };
let current = clients.eu;
export function use(region: "eu" | "us"): void {
  current = clients[region];
}
// @zcache
export async function user(id: number): Promise<string> {
  return current.get(`/users/${id}`);
}
