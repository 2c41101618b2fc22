// expect: incomplete-key@11:6
interface Knex {
  withSchema(name: string): Knex;
  first(id: number): Promise<string>;
}
export class Users {
  private readonly db: Knex;
  constructor(knex: Knex, schema: string) {
    this.db = knex.withSchema(schema);
  }
  // @zcache
  async find(id: number): Promise<string> {
    return this.db.first(id);
  }
}
