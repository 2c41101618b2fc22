interface Database {
  readonly tenant: string;
  query(sql: string): Promise<string[]>;
}

export class Reports {
  constructor(private readonly db: Database) {}

  // @zcache key: "rows:{this.db.tenant}:{table}"
  async rows(table: string): Promise<string[]> {
    return this.db.query(`select * from ${this.db.tenant}.${table}`);
  }
}
