// expect: incomplete-key@14:6
interface Connection {
  model(name: string): { findById(id: string): Promise<string> };
}
declare const mongoose: { readonly connection: { useDb(name: string): Connection } };

export class OrderRepository {
  private readonly connection: Connection;

  constructor(database: string) {
    this.connection = mongoose.connection.useDb(database);
  }

  // @zcache ttl: 1m
  async find(id: string): Promise<string> {
    return this.connection.model("Order").findById(id);
  }
}
