// expect: incomplete-key@24:6
// The constructor's argument decides which of the two an object has.
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
    return [term, term];
  }
}

export class Search {
  private strategy: Strategy | undefined;

  constructor(private readonly type: "mysql" | "postgres") {
    this.choose();
  }

  // @zcache
  async search(term: string): Promise<string[]> {
    return this.strategy?.search(term) ?? [];
  }

  private choose(): void {
    switch (this.type) {
      case "mysql":
        this.strategy = new MysqlStrategy();
        break;
      case "postgres":
        this.strategy = new PostgresStrategy();
        break;
    }
  }
}
