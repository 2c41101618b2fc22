// expect: incomplete-key@9:6
interface Database {
  readonly tenant: string;
  query(sql: string): Promise<string[]>;
}
declare const warehouse: { rows(tenant: string, table: string): Promise<string[]> };

export function createReports(db: Database) {
  // @zcache ttl: 1h
  async function rows(table: string): Promise<string[]> {
    return warehouse.rows(db.tenant, table);
  }
  return { rows };
}
