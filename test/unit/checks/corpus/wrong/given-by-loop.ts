// expect: incomplete-key@10:6
interface Client {
  get(path: string): Promise<string>;
}
declare function connect(region: string): Client;

class Inventory {
  constructor(private readonly client: Client) {}

  // @zcache ttl: 1m
  async stock(sku: string): Promise<string> {
    return this.client.get(`/stock/${sku}`);
  }
}

export const inventories = ["eu", "us"].map((region) => new Inventory(connect(region)));
