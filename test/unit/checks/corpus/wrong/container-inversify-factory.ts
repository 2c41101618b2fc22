// expect: incomplete-key@12:6
declare const db: { get(...values: unknown[]): Promise<string> };

// inversify: one repository for each tenant, made by a factory
declare function injectable(): ClassDecorator;
interface Context { container: { get<T>(id: symbol): T } }

@injectable()
class Orders {
  constructor(private readonly schema: string) {}

  // @zcache ttl: 5m
  async order(id: number): Promise<string> {
    return db.get(this.schema, id);
  }
}

export const ordersFactory = (_context: Context) => (tenant: string): Orders => new Orders(`tenant_${tenant}`);
