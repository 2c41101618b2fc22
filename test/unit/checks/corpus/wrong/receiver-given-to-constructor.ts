// expect: incomplete-key@14:6
declare function query(sql: string): Promise<string[]>;

class Statement {
  constructor(private readonly repository: Orders) {}
  text(): string {
    return `select * from ${this.repository.schema}.orders`;
  }
}

export class Orders {
  constructor(readonly schema: string) {}

  // @zcache
  async all(): Promise<string[]> {
    return query(new Statement(this).text());
  }
}
