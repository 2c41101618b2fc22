// expect: incomplete-key@11:6
interface Database {
  readonly tenant: string;
  query(sql: string): Promise<string[]>;
}
declare const warehouse: { rows(tenant: string, table: string): Promise<string[]> };

export class Reports {
  constructor(private readonly db: Database) {}

  // @zcache ttl: 1h
  async rows(table: string): Promise<string[]> {
    return warehouse.rows(this.db.tenant, table);
  }
}
