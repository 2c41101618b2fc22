// expect: incomplete-key@16:6
class Connection {
  constructor(
    readonly schema: string,
    private readonly send: (sql: string) => Promise<string[]>,
  ) {}
  run(sql: string): Promise<string[]> {
    return this.send(sql);
  }
}
declare const archive: { list(schema: string, year: number): Promise<string[]> };

export class Archive {
  constructor(private readonly connection: Connection) {}

  // @zcache
  async list(year: number): Promise<string[]> {
    return archive.list(this.connection.schema, year);
  }
}
