interface Knex {
  withSchema(name: string): Knex;
  first(id: number): Promise<string>;
}
export class Users {
  private readonly db: Knex;
  constructor(
    knex: Knex,
    readonly schema: string,
  ) {
    this.db = knex.withSchema(schema);
  }
  // @zcache key: "user:{this.schema}:{id}"
  async find(id: number): Promise<string> {
    return this.db.first(id);
  }
}
