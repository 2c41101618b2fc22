interface Client {
  get(path: string): Promise<string>;
}
declare const eu: Client;
declare const us: Client;

class Inventory {
  constructor(
    readonly region: string,
    private readonly client: Client,
  ) {}

  // @zcache key: "stock:{this.region}:{sku}"
  async stock(sku: string): Promise<string> {
    return this.client.get(`/stock/${sku}`);
  }
}

export const inventories = [new Inventory("eu", eu), new Inventory("us", us)];
