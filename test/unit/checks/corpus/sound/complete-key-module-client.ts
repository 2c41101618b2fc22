interface Client {
  get(path: string): Promise<string>;
}
declare function connect(): Client;
let client: Client | undefined;

function theClient(): Client {
  client ??= connect();
  return client;
}

// @zcache
export async function user(id: number): Promise<string> {
  client = theClient();
  return client.get(`/users/${id}`);
}
