// The constructor chooses what there is one of in the program.
declare function Injectable(): ClassDecorator;
interface Connection {
  readonly options: { readonly type: "mysql" | "postgres" };
}
interface Strategy {
  search(term: string): Promise<string[]>;
}
class MysqlStrategy implements Strategy {
  async search(term: string): Promise<string[]> {
    return [term];
  }
}
class PostgresStrategy implements Strategy {
  async search(term: string): Promise<string[]> {
    return [term];
  }
}
declare class DatabaseConnection implements Connection {
  readonly options: { readonly type: "mysql" | "postgres" };
  close(): void;
}

@Injectable()
export class Search {
  private strategy: Strategy | undefined;

  constructor(private readonly connection: DatabaseConnection) {
    this.choose();
  }

  // @zcache
  async search(term: string): Promise<string[]> {
    return this.strategy?.search(term) ?? [];
  }

  private choose(): void {
    switch (this.connection.options.type) {
      case "mysql":
        this.strategy = new MysqlStrategy();
        break;
      case "postgres":
        this.strategy = new PostgresStrategy();
        break;
    }
  }
}
