// expect: incomplete-key@16:6
declare const db: { get(...values: unknown[]): Promise<string> };

class Connection {
  constructor(private readonly options: { schema: string }) {}
  get settings(): { schema: string } {
    return this.options;
  }
}
export class Rows {
  constructor(private readonly connection: Connection) {}
  get #schema(): string {
    return this.connection.settings.schema;
  }

  // @zcache ttl: 1m
  async row(id: number): Promise<string> {
    return db.get(this.#schema, id);
  }
}
export const rowsOf = (schema: string): Rows => new Rows(new Connection({ schema }));
