interface Connection {
  model(name: string): { findById(id: string): Promise<string> };
}
declare const mongoose: { readonly connection: { useDb(name: string): Connection } };

class OrderRepository {
  private readonly connection: Connection;

  constructor(database: string) {
    this.connection = mongoose.connection.useDb(database);
  }

  // @zcache ttl: 1m
  async find(id: string): Promise<string> {
    return this.connection.model("Order").findById(id);
  }
}
export const orders = new OrderRepository("shop");
