declare const db: { get(...values: unknown[]): Promise<string> };

// Clients that are made once, and kept by what the call names
const clients = new Map<string, typeof db>();
function clientOf(region: string): typeof db {
  let client = clients.get(region);
  if (!client) clients.set(region, (client = db));
  return client;
}

// @zcache ttl: 1m
export async function row(region: string, id: number): Promise<string> {
  return clientOf(region).get(id);
}
